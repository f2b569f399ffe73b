import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Files of a folder that only their owner can read, and that are whole or not there at all. */
export class DurableFiles {
  /** Writes happen one after the other: an earlier state must not replace a later one. */
  private last: Promise<void> = Promise.resolve();

  /** Replaces the file; rejects when it is not on disk. Folders above it are made. */
  write(file: string, text: string): Promise<void> {
    const written = this.last.then(() => replace(file, text));
    this.last = written.catch(() => undefined);
    return written;
  }
}

/** An id that no other run has: the time in UTC to the millisecond, and what tells two runs of one moment apart. */
export function newRunId(startedAt: number): string {
  const time = new Date(startedAt).toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${randomBytes(6).toString('hex')}`;
}

/** Whether a text is such an id, and so a file's name and nothing else. */
export function isRunId(id: string): boolean {
  return /^\d{8}T\d{9}Z-[0-9a-f]{12}$/.test(id);
}

async function replace(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the new name last through a power failure; Windows has no such call for folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
