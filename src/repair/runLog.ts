/** The audit record of a run while it runs: kept in memory, saved around each step, told to whoever watches. */
import type { Plan } from '../model/plan.ts';
import type { Clock, RunHistory, RunRecord, RunStatus, StepRecord } from './ports.ts';
import { errorWords } from './runWords.ts';
import { within } from './timeLimits.ts';

/** What a run's record is made of. */
export interface RunLogOptions {
  readonly kind: RunRecord['kind'];
  readonly undoes?: string;
  readonly plan: Plan;
  readonly history: RunHistory;
  readonly clock: Clock;
  readonly who: RunRecord['who'];
  readonly connection?: string;
  readonly topologyName: string;
  /** Milliseconds for one save. */
  readonly saveMs: number;
  readonly onProgress: (run: RunRecord, words?: string) => void;
}

type StepEnd = Pick<StepRecord, 'status' | 'revision' | 'message'>;

export class RunLog {
  private readonly options: RunLogOptions;
  private run: RunRecord;
  private problem: string | undefined;

  constructor(options: RunLogOptions) {
    const { kind, undoes, plan, history, clock, who, connection, topologyName } = options;
    const startedAt = clock.now();
    this.options = options;
    this.run = {
      version: 1,
      id: history.newId(startedAt),
      kind,
      ...(undoes !== undefined && { undoes }),
      status: 'running',
      startedAt,
      who,
      topology: topologyName,
      ...(connection !== undefined && { connection }),
      plan,
      steps: plan.steps.map(({ title }) => ({ title, status: 'waiting' })),
    };
  }

  get record(): RunRecord {
    return this.run;
  }

  /** Why the history's record is not the whole truth, as a sentence; undefined when the last save succeeded. */
  get unsaved(): string | undefined {
    return this.problem;
  }

  /** Tells what is being waited for or done. */
  say(words?: string): void {
    try {
      this.options.onProgress(this.run, words);
    } catch {
      // Whoever watches must not be able to break a run in the middle.
    }
  }

  async begin(index: number): Promise<void> {
    this.setStep(index, { status: 'running', startedAt: this.options.clock.now() });
    await this.save();
  }

  async end(index: number, end: StepEnd): Promise<void> {
    this.setStep(index, { ...end, endedAt: this.options.clock.now() });
    await this.save();
  }

  /** Marks a step without saving; `finish` follows. */
  mark(index: number, change: Partial<StepRecord>): void {
    this.setStep(index, change);
  }

  async finish(status: RunStatus, sentences: readonly string[]): Promise<RunRecord> {
    const steps = this.run.steps.map((step): StepRecord => {
      if (step.status === 'waiting') return { ...step, status: 'skipped' };
      return step.status === 'running' ? { ...step, status: 'failed', endedAt: this.options.clock.now() } : step;
    });
    const endedAt = this.options.clock.now();
    this.run = { ...this.run, status, steps, endedAt, message: sentences.join(' ') };
    await this.save();
    const { problem } = this;
    if (problem !== undefined && !sentences.some((one) => one.includes(problem))) {
      this.run = { ...this.run, message: [...sentences, problem].join(' ') };
    }
    this.say(this.problem);
    return this.run;
  }

  /** Saves the record; a failure is kept in `unsaved` and told. */
  async save(): Promise<void> {
    const { history, clock, saveMs } = this.options;
    try {
      await within({ clock, ms: saveMs, what: 'The history' }, () => history.save(this.run));
      this.problem = undefined;
    } catch (error) {
      this.problem = `The run could not be recorded: ${errorWords(error)}`;
    }
    this.say(this.problem);
  }

  private setStep(index: number, change: Partial<StepRecord>): void {
    const steps = this.run.steps.map((step, at) => (at === index ? { ...step, ...change } : step));
    this.run = { ...this.run, steps };
  }
}
