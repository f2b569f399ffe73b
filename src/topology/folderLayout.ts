import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { emptyRootError, fileError } from './errors.ts';
import { classify } from './folderFiles.ts';
import type { FolderFiles } from './folderFiles.ts';
import { cellOfPath, compareText, hasTopology } from './keys.ts';
import { TopologyError } from './topology.ts';

/** The parts of a snapshot on disk, as real paths. */
export interface SnapshotLayout {
  /** Where the keys are: a file's path in here is its key. */
  readonly topo: string;
  /** What symbolic links may lead to. */
  readonly base: string;
  /** The folder that holds etcd.json and cli/, when there is one. */
  readonly beside: string | undefined;
}

/** Finds the parts from the snapshot's folder, or from its `topo` folder; rejects with a TopologyError. */
export async function locateSnapshot(folder: string): Promise<SnapshotLayout> {
  try {
    const base = await realpath(folder);
    if ((await classify(base, base, [])).kind === 'file') throw Object.assign(new Error(), { code: 'ENOTDIR' });
    const topo = await classify(path.join(base, 'topo'), base, []).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (topo?.kind === 'folder') return { topo: topo.real, base, beside: base };
    return { topo: base, base, beside: path.basename(base) === 'topo' ? path.dirname(base) : undefined };
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** Whether the error says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The one root that has a `cells/` folder with a CellInfo; throws a TopologyError for none and for several. */
export function findGlobalRoot(place: string, { files, failures }: FolderFiles): string {
  const roots = [...rootsWithCells(files.keys())].sort(compareText);
  const [first, second] = roots;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const message = `${place}: holds several topologies, with the global roots ${roots.join(', ')}. Say which with --root.`;
    throw new TopologyError({ code: 'invalid', message });
  }
  const [failure] = failures.values();
  if (failure !== undefined) throw new TopologyError(failure);
  const message = `${place}: holds no topology: no file is named cells/CELL/CellInfo. A snapshot has one under topo/vitess/global, for example; without any cell, give the global root with --root.`;
  throw new TopologyError({ code: 'not-found', message });
}

/** Throws a TopologyError that lists the roots there are unless `storedRoot` holds a topology. */
export function checkRoot(place: string, root: string, storedRoot: string, { files }: FolderFiles): void {
  const prefix = storedRoot === '/' ? '/' : `${storedRoot}/`;
  const paths = [...files.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ path: key.slice(prefix.length) }));
  if (!hasTopology(paths)) throw emptyRootError(place, root, [...rootsWithCells(files.keys())].sort(compareText));
}

function rootsWithCells(keys: Iterable<string>): Set<string> {
  const roots = new Set<string>();
  for (const key of keys) {
    const at = key.lastIndexOf('/cells/');
    if (at >= 0 && cellOfPath(key.slice(at + 1)) !== undefined) roots.add(key.slice(0, at) || '/');
  }
  return roots;
}
