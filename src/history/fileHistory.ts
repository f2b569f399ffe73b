import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '../model/reading.ts';
import type { RunHistory, RunRecord } from '../repair/ports.ts';
import { DurableFiles, isRunId, newRunId } from './durableFiles.ts';
import { runFromText, runToText } from './runText.ts';

/** A file of the folder, with the run in it or why it could not be read. */
export interface HistoryEntry {
  readonly id: string;
  readonly run: Reading<RunRecord>;
}

const extension = '.json';

/** Runs as files of a folder, one each, which only their owner can read. */
export class FileHistory implements RunHistory {
  readonly folder: string;
  private readonly files = new DurableFiles();

  constructor(folder: string) {
    this.folder = folder;
  }

  newId(startedAt: number): string {
    return newRunId(startedAt);
  }

  async save(run: RunRecord): Promise<void> {
    if (!isRunId(run.id)) throw new Error(`${JSON.stringify(run.id)} is not the id of a run`);
    await this.files.write(this.fileOf(run.id), runToText(run));
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
    if (!isRunId(id)) return { status: 'failed', reason: `${JSON.stringify(id)} is not the id of a run` };
    try {
      const run = runFromText(await readFile(this.fileOf(id), 'utf8'));
      if (run.status !== 'loaded' || run.value.id === id) return run;
      return { status: 'failed', reason: `it holds the run ${JSON.stringify(run.value.id)}` };
    } catch (error) {
      if (isAbsent(error)) return { status: 'absent' };
      return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${id}${extension}`);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
