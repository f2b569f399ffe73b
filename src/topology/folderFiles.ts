import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TopologyFailure } from '../model/topologyData.ts';
import { failureOf, fileError } from './errors.ts';
import { TopologyError } from './topology.ts';

/** What a snapshot's `topo/` folder holds, by key: the path in it with a leading `/`. */
export interface FolderFiles {
  /** The file of every key. */
  readonly files: ReadonlyMap<string, string>;
  /** Every folder, as the beginning of keys. */
  readonly folders: ReadonlySet<string>;
  /** Files and folders that cannot be read or are not followed. */
  readonly failures: ReadonlyMap<string, TopologyFailure>;
}

interface PendingFolder {
  readonly key: string;
  readonly folder: string;
  /** The real paths of this folder and of those that led here, to notice links that lead in a circle. */
  readonly trail: readonly string[];
}

// A topology of thousands of tablets has some ten thousand keys; a folder with more than this is something else.
const MOST_ENTRIES = 200_000;
/** The most that is read of one file, in bytes: etcd takes values of 1.5 MB, dumps can be larger. */
export const MOST_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Lists everything under `topo` without reading it. Symbolic links are followed
 * as long as they stay inside `base`, the real path of the snapshot's folder.
 */
export async function listFolder(topo: string, base: string, signal: AbortSignal): Promise<FolderFiles> {
  const files = new Map<string, string>();
  const folders = new Set<string>(['']);
  const failures = new Map<string, TopologyFailure>();
  const pending: PendingFolder[] = [{ key: '', folder: topo, trail: [topo] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal.throwIfAborted();
    const { key: parent, folder, trail } = next;
    const names = await attempt(folder, failures, parent, () => readdir(folder));
    for (const name of names ?? []) {
      const key = `${parent}/${name}`;
      const place = path.join(folder, name);
      const found = await attempt(place, failures, key, () => classify(place, base, trail));
      if (found?.kind === 'file') files.set(key, found.real);
      if (found?.kind !== 'folder') continue;
      folders.add(key);
      pending.push({ key, folder: found.real, trail: [...trail, found.real] });
    }
    if (files.size + folders.size + failures.size > MOST_ENTRIES) {
      const message = `${topo}: holds more than ${MOST_ENTRIES} files and folders, so it is no snapshot of a topology. Check the path.`;
      throw new TopologyError({ code: 'invalid', message });
    }
  }
  return { files, folders, failures };
}

/** A regular file's bytes up to the limit, and when it was last changed; rejects with a TopologyError naming the file. */
export async function readLimited(file: string, signal?: AbortSignal): Promise<{ bytes: Buffer; changedAt: number }> {
  signal?.throwIfAborted();
  try {
    const handle = await open(file);
    try {
      const { size, mtimeMs } = await handle.stat();
      if (size > MOST_FILE_BYTES) throw refused(file, `is larger than ${MOST_FILE_BYTES / 1024 / 1024} MB`);
      return { bytes: await handle.readFile(), changedAt: Math.floor(mtimeMs) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file);
  }
}

/** What is at this path after links: a file or a folder with its real path. Rejects for anything else. */
export async function classify(
  place: string,
  base: string,
  trail: readonly string[],
): Promise<{ kind: 'file' | 'folder'; real: string }> {
  const own = await lstat(place);
  if (!own.isSymbolicLink()) return { kind: kindOf(own, place), real: place };
  const real = await realpath(place);
  if (real !== base && !real.startsWith(base + path.sep))
    throw refused(place, 'is a symbolic link out of the snapshot');
  if (trail.includes(real)) throw refused(place, 'is a symbolic link that leads in a circle');
  return { kind: kindOf(await stat(real), place), real };
}

function kindOf(stats: { isFile(): boolean; isDirectory(): boolean }, place: string): 'file' | 'folder' {
  if (stats.isFile()) return 'file';
  // Reading a pipe or a device may never end.
  if (!stats.isDirectory()) throw refused(place, 'is neither a file nor a folder');
  return 'folder';
}

async function attempt<T>(
  place: string,
  failures: Map<string, TopologyFailure>,
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    failures.set(key, failureOf(fileError(error, place)));
    return undefined;
  }
}

function refused(place: string, what: string): TopologyError {
  return new TopologyError({ code: 'invalid', message: `${place}: ${what}. Replace it by the file itself.` });
}
