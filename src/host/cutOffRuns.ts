import type { DiedRun } from '../history/diedRuns.ts';
import type { HistoryEntry } from '../history/fileHistory.ts';
import { diedRunsHere } from '../history/thisHost.ts';

/** The runs of this host whose process is gone and that never said how they ended, newest first. */
export function cutOffRuns(entries: readonly HistoryEntry[]): DiedRun[] {
  const runs = entries.flatMap(({ run }) => (run.status === 'loaded' ? [run.value] : []));
  return diedRunsHere(runs).filter(({ state }) => state === 'died');
}
