import type { SwitchRecord, SwitchStage } from '../switch/switchModel.ts';
import type { CommandEnvironment } from './environment.ts';
import { painter, plain } from './paint.ts';
import { Waiting } from './waiting.ts';

const stageWords: Readonly<Record<SwitchStage, string | undefined>> = {
  reading: undefined,
  saving: 'Saving the topology as it is',
  switching: 'vtctld switches',
  following: 'The answer was lost: following what vtctld does',
  verifying: 'Reading what it left',
  over: undefined,
};

/** Tells a guarded switch on the standard error: its stages, and every change to the topology as it comes. */
export class SwitchProgress {
  private readonly environment: CommandEnvironment;
  private readonly waiting: Waiting;
  private stage: SwitchStage = 'reading';
  private told = 0;

  constructor(environment: CommandEnvironment) {
    this.environment = environment;
    this.waiting = new Waiting(environment);
  }

  readonly tell = ({ stage, events }: SwitchRecord, words?: string): void => {
    const paint = painter(this.environment.style);
    const title = stageWords[stage];
    if (stage !== this.stage && title !== undefined) this.line(title);
    this.stage = stage;
    for (const { revision = '', text } of events.slice(this.told)) {
      this.line(`  ${paint('dim', plain(revision))} ${plain(text)}`);
    }
    this.told = events.length;
    if (words !== undefined) this.waiting.say(words);
  };

  /** Puts a line above what is waited for. */
  line(text: string): void {
    this.waiting.line(text);
  }

  end(): void {
    this.waiting.end();
  }
}
