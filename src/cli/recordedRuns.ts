/** The history that the command line uses. */
import { diedRuns, type DiedRun } from '../history/diedRuns.ts';
import { FileHistory, type HistoryEntry } from '../history/fileHistory.ts';
import type { RunRecord } from '../repair/ports.ts';
import { TopologyError } from '../topology/topology.ts';
import { whoAmI } from './carryOut.ts';
import type { CommandEnvironment } from './environment.ts';

/** Opens the history; rejects nothing and reads nothing yet. Throws a TopologyError when nobody says where it is. */
export function openHistory(folder: string | undefined, { historyFolder }: CommandEnvironment): FileHistory {
  const place = folder ?? historyFolder;
  if (place !== undefined) return new FileHistory(place);
  const message = 'There is no home folder to keep the history of runs in. Add --history DIR.';
  throw new TopologyError({ code: 'invalid', message });
}

/** The recorded runs, newest first; rejects with a TopologyError when the folder cannot be read. */
export async function listRuns(history: FileHistory): Promise<HistoryEntry[]> {
  try {
    return await history.list();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TopologyError(
      { code: 'invalid', message: `The history ${history.folder} cannot be read: ${why}.` },
      { cause },
    );
  }
}

/** The runs among files of a history. */
export function loadedRuns(entries: readonly HistoryEntry[]): RunRecord[] {
  return entries.flatMap(({ run }) => (run.status === 'loaded' ? [run.value] : []));
}

/** Those that are recorded as running and are not known to run. */
export function findDiedRuns(runs: readonly RunRecord[]): DiedRun[] {
  return diedRuns(runs, { now: Date.now(), hostName: whoAmI().hostName, isAlive });
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
