import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '../model/reading.ts';
import type { RunHistory, RunRecord } from '../repair/ports.ts';
import { runFromText, runToText } from './runText.ts';

/** A file of the folder, with the run in it or why it could not be read. */
export interface HistoryEntry {
  readonly id: string;
  readonly run: Reading<RunRecord>;
}

/** Time in UTC to the millisecond, and what tells two runs of one moment apart. */
const validId = /^\d{8}T\d{9}Z-[0-9a-f]{12}$/;
const extension = '.json';

/** Runs as files of a folder, one each, which only their owner can read. */
export class FileHistory implements RunHistory {
  readonly folder: string;
  /** Saves happen one after the other: an earlier state must not replace a later one. */
  private last: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.folder = folder;
  }

  newId(startedAt: number): string {
    const time = new Date(startedAt).toISOString().replaceAll(/[-:.]/g, '');
    return `${time}-${randomBytes(6).toString('hex')}`;
  }

  save(run: RunRecord): Promise<void> {
    const saved = this.last.then(() => this.write(run));
    this.last = saved.catch(() => undefined);
    return saved;
  }

  /** All runs, newest first; a file that is no run is told as such. Empty where the folder was never made; rejects when it cannot be read. */
  async list(): Promise<HistoryEntry[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    // A hidden file is a save that was cut off before it counted.
    const ids = names
      .filter((name) => name.endsWith(extension) && !name.startsWith('.'))
      .map((name) => name.slice(0, -extension.length));
    return Promise.all(
      ids
        .sort()
        .reverse()
        .map(async (id) => ({ id, run: await this.load(id) })),
    );
  }

  /** One run; absent when there is no file of it, failed when that is no run. */
  async load(id: string): Promise<Reading<RunRecord>> {
    if (!validId.test(id)) return { status: 'failed', reason: `${JSON.stringify(id)} is not the id of a run` };
    try {
      const run = runFromText(await readFile(this.fileOf(id), 'utf8'));
      if (run.status !== 'loaded' || run.value.id === id) return run;
      return { status: 'failed', reason: `it holds the run ${JSON.stringify(run.value.id)}` };
    } catch (error) {
      if (isAbsent(error)) return { status: 'absent' };
      return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private async write(run: RunRecord): Promise<void> {
    if (!validId.test(run.id)) throw new Error(`${JSON.stringify(run.id)} is not the id of a run`);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const temporary = path.join(this.folder, `.${run.id}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(runToText(run));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.fileOf(run.id));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(this.folder);
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${id}${extension}`);
  }
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

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
