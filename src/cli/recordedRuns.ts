/** The history that the command line uses. */
import { FileHistory, type HistoryEntry } from '../history/fileHistory.ts';
import type { RunRecord } from '../repair/ports.ts';
import { TopologyError } from '../topology/topology.ts';
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
