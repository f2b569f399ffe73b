import type { ShardName } from '../model/plan.ts';
import { durationWords } from '../model/words.ts';
import type { RunRecord } from '../repair/ports.ts';
import { unrefreshedWhenCutOff, unrefreshedWords } from '../repair/unrefreshed.ts';

/** A run that is recorded as running, and is not known to run. */
export interface DiedRun {
  readonly run: RunRecord;
  /** `elsewhere`: of another host, whose processes cannot be seen from here. */
  readonly state: 'died' | 'elsewhere';
  /** What is known and what to do, in whole sentences, with how to refresh `unrefreshed` by hand. */
  readonly words: string;
  /** The same without that. */
  readonly summary: string;
  /** Shards whose tablets may not know what it wrote. */
  readonly unrefreshed: readonly ShardName[];
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
        const known = `${began} is recorded as running on another host, ${at}: whether it still does cannot be seen from here.`;
        return [diedRun(run, 'elsewhere', `${known} ${next}`)];
      }
      return isAlive(who.processId) ? [] : [diedRun(run, 'died', `${began} ended without a result, ${at}. ${next}`)];
    });
}

function diedRun(run: RunRecord, state: DiedRun['state'], summary: string): DiedRun {
  const unrefreshed = unrefreshedWhenCutOff(run);
  const byHand = unrefreshedWords(unrefreshed);
  return { run, state, words: [summary, byHand].filter((part) => part !== undefined).join(' '), summary, unrefreshed };
}

const next = 'Next: diagnose; what it left is repaired like anything else.';
