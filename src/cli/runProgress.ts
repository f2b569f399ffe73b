import type { RunRecord, StepRecord } from '../repair/ports.ts';
import type { CommandEnvironment } from './environment.ts';
import { painter, plain, type Colour } from './paint.ts';
import { Waiting } from './waiting.ts';

const marks: Readonly<Record<StepRecord['status'], { readonly mark: string; readonly colour: Colour }>> = {
  waiting: { mark: '○', colour: 'dim' },
  running: { mark: '…', colour: 'dim' },
  done: { mark: '✓', colour: 'green' },
  failed: { mark: '✗', colour: 'red' },
  undone: { mark: '↶', colour: 'yellow' },
  skipped: { mark: '–', colour: 'dim' },
};

/** Tells a run on the standard error: a line when a step begins and ends, and in between what is waited for. */
export class RunProgress {
  private readonly environment: CommandEnvironment;
  private readonly waiting: Waiting;
  private told: readonly StepRecord[] = [];

  constructor(environment: CommandEnvironment) {
    this.environment = environment;
    this.waiting = new Waiting(environment);
  }

  readonly tell = (run: RunRecord, words?: string): void => {
    const { told } = this;
    this.told = run.steps;
    for (const [index, step] of run.steps.entries()) {
      const before = told[index]?.status ?? 'waiting';
      if (step.status !== before) this.line(stepLine(step, `${index + 1}/${run.steps.length}`, this.environment));
    }
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

function stepLine({ title, status, message }: StepRecord, place: string, { style }: CommandEnvironment): string {
  const paint = painter(style);
  const { mark, colour } = marks[status];
  const said = message === undefined ? '' : `: ${message}`;
  return `${paint(colour, mark)} ${paint('dim', place)} ${plain(`${title}${said}`)}`;
}
