import { durationWords } from '../model/words.ts';
import type { RunRecord } from '../repair/ports.ts';

/** A run that is recorded as running, and is not known to run. */
export interface DiedRun {
  readonly run: RunRecord;
  /** `elsewhere`: of another host, whose processes cannot be seen from here. */
  readonly state: 'died' | 'elsewhere';
  /** What is known and what to do, in whole sentences. */
  readonly words: string;
}

export interface DiedRunOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** This host's name, as this program records it. */
  readonly hostName: string;
  /** Whether a process of this host is there. */
  readonly isAlive: (processId: number) => boolean;
}

/** The recorded runs that were cut off, or may have been: whatever they wrote stands. */
export function diedRuns(runs: readonly RunRecord[], { now, hostName, isAlive }: DiedRunOptions): DiedRun[] {
  return runs
    .filter(({ status }) => status === 'running')
    .flatMap((run): DiedRun[] => {
      const { who, steps, startedAt } = run;
      const age = durationWords((now - startedAt) / 1000);
      const step = steps.findLast(({ status }) => status !== 'waiting');
      const at = step === undefined ? 'before its first step' : `in or after the step "${step.title}"`;
      const began = `The ${run.kind} that ${who.userName}@${who.hostName} began ${age} ago`;
      if (who.hostName !== hostName) {
        const words = `${began} is recorded as running on another host, ${at}: whether it still does cannot be seen from here.`;
        return [{ run, state: 'elsewhere', words: `${words} ${next}` }];
      }
      if (isAlive(who.processId)) return [];
      return [{ run, state: 'died', words: `${began} ended without a result, ${at}. ${next}` }];
    });
}

const next = 'Next: diagnose; what it left is repaired like anything else.';
