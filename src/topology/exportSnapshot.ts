import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { TopologyData } from '../model/topologyData.ts';
import { mapLimited } from './concurrency.ts';
import { fileError } from './errors.ts';
import { isMissing } from './folderLayout.ts';
import { planSnapshot } from './snapshotPlan.ts';
import type { SnapshotFile, SnapshotPlan } from './snapshotPlan.ts';
import { SnapshotExportError } from './snapshotExportError.ts';

const WRITES_AT_ONCE = 8;

/**
 * Writes a topology to `folder` so that FolderTopology reads the same back:
 * `topo/` with one file per key, etcd.json and the dumps in `cli/`. The folder
 * appears whole or not at all; it must not exist, or be empty. What a lease had
 * left is written for people, but reads back as unknown: a folder cannot tell
 * whether it was renewed. Rejects with a SnapshotExportError.
 */
export async function exportSnapshot(data: TopologyData, folder: string, signal?: AbortSignal): Promise<void> {
  const target = path.resolve(folder);
  const plan = planSnapshot(data, target);
  await refuseOccupied(target, folder);
  const parent = path.dirname(target);
  const temporary = path.join(parent, `.${path.basename(target)}.${randomUUID().slice(0, 8)}.partial`);
  try {
    await mkdir(parent, { recursive: true });
    await mkdir(temporary);
    await writeAll(plan, temporary, signal);
    await putInPlace(temporary, target, folder);
    await syncFolder(parent);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof SnapshotExportError) throw error;
    throw new SnapshotExportError('write-failed', fileError(error, folder).message, { cause: error });
  }
}

async function writeAll(plan: SnapshotPlan, temporary: string, signal: AbortSignal | undefined): Promise<void> {
  for (const folder of plan.folders) await mkdir(path.join(temporary, ...folder), { recursive: true });
  await mapLimited(plan.files, WRITES_AT_ONCE, async (file) => {
    if (signal?.aborted) throw new SnapshotExportError('cancelled', 'The export was cancelled; nothing was written.');
    await writeDurably(path.join(temporary, ...file.parts), file);
  });
  for (const folder of plan.folders) await syncFolder(path.join(temporary, ...folder));
  await syncFolder(temporary);
}

async function writeDurably(place: string, file: SnapshotFile): Promise<void> {
  // "wx": two keys that this file system takes for one name must not overwrite each other.
  const handle = await open(place, 'wx').catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!taken) throw error;
    throw new SnapshotExportError('unsafe-name', `${file.name}: another record has the same file name on this disk.`);
  });
  try {
    await handle.writeFile(file.bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function refuseOccupied(target: string, folder: string): Promise<void> {
  try {
    if ((await readdir(target)).length > 0) throw occupied(folder);
  } catch (error) {
    if (error instanceof SnapshotExportError) throw error;
    if (!isMissing(error))
      throw new SnapshotExportError('target-exists', fileError(error, folder).message, { cause: error });
  }
}

async function putInPlace(temporary: string, target: string, folder: string): Promise<void> {
  // Not every system renames onto an empty folder; the removal fails, as it must, when it has been filled meanwhile.
  await rmdir(target).catch((error: unknown) => {
    if (!isMissing(error)) throw occupied(folder);
  });
  await rename(temporary, target);
}

/** Makes the names in a folder durable where the system can do that. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function occupied(folder: string): SnapshotExportError {
  return new SnapshotExportError(
    'target-exists',
    `${folder} exists and is not empty. Choose a new folder; nothing was written.`,
  );
}
