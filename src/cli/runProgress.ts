import type { RunRecord, StepRecord } from '../repair/ports.ts';
import type { CommandEnvironment } from './environment.ts';
import { painter, plain, type Colour } from './paint.ts';

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
  private told: readonly StepRecord[] = [];
  private words = '';

  constructor(environment: CommandEnvironment) {
    this.environment = environment;
  }

  readonly tell = (run: RunRecord, words?: string): void => {
    const { told } = this;
    this.told = run.steps;
    for (const [index, step] of run.steps.entries()) {
      const before = told[index]?.status ?? 'waiting';
      if (step.status !== before) this.line(stepLine(step, `${index + 1}/${run.steps.length}`, this.environment));
    }
    if (words !== undefined) this.say(words);
  };

  /** Puts a line above what is waited for. */
  line(text: string): void {
    this.environment.progress?.('');
    this.environment.err(`${text}\n`);
  }

  end(): void {
    this.environment.progress?.('');
  }

  private say(words: string): void {
    const { progress } = this.environment;
    if (progress !== undefined) {
      progress(plain(words));
      return;
    }
    // A countdown is told once where lines cannot be replaced.
    const shape = words.replaceAll(/\d+/g, '0');
    if (shape !== this.words) this.line(`  ${plain(words)}`);
    this.words = shape;
  }
}

function stepLine({ title, status, message }: StepRecord, place: string, { style }: CommandEnvironment): string {
  const paint = painter(style);
  const { mark, colour } = marks[status];
  const said = message === undefined ? '' : `: ${message}`;
  return `${paint(colour, mark)} ${paint('dim', place)} ${plain(`${title}${said}`)}`;
}
