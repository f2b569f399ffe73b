/** What this machine tells of recorded runs. */
import { hostname } from 'node:os';
import type { RunRecord } from '../repair/ports.ts';
import { diedRuns, type DiedRun } from './diedRuns.ts';

/** The runs that are recorded as running and are not known to run, in the given order. */
export function diedRunsHere(runs: readonly RunRecord[]): DiedRun[] {
  return diedRuns(runs, { now: Date.now(), hostName: hostname(), isAlive });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of another user is there, though it takes no signal of ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
