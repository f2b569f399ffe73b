import { hostname } from 'node:os';
import { diedRuns, type DiedRun } from '../history/diedRuns.ts';
import type { HistoryEntry } from '../history/fileHistory.ts';

/** The runs of this host whose process is gone and that never said how they ended, newest first. */
export function cutOffRuns(entries: readonly HistoryEntry[]): DiedRun[] {
  const runs = entries.flatMap(({ run }) => (run.status === 'loaded' ? [run.value] : []));
  return diedRuns(runs, { now: Date.now(), hostName: hostname(), isAlive }).filter(({ state }) => state === 'died');
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of another user is there too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
