/** Words for what happens in a run. */
import { listWords } from '../model/words.ts';
import { recordName, type RecordId } from '../model/record.ts';
import type { RunStatus } from './ports.ts';

/** An error in one sentence that ends with a full stop. */
export function errorWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** Records by name: `RoutingRules and zone1/SrvVSchema`. */
export function recordWords(records: readonly RecordId[]): string {
  return listWords([...new Set(records.map(recordName))], 12);
}

export const nextRepair = 'Next: diagnose again, and repair what that finds.';

/** What a run's status means. */
export const runStatusWords: Readonly<Record<RunStatus, string>> = {
  running: 'Running.',
  done: 'Done, and verified by reading everything again.',
  unchanged: 'Nothing was changed.',
  undone: 'Not repaired: what was written was taken back.',
  stopped: 'Stopped half way.',
};
