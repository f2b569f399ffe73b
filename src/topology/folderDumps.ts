import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { DumpFile } from '../model/topologyData.ts';
import { fileError } from './errors.ts';
import { classify, readLimited } from './folderFiles.ts';
import { isMissing } from './folderLayout.ts';
import { compareText } from './keys.ts';

/** What vtctldclient printed, and what could not be read of it. */
export interface Dumps {
  readonly dumps: readonly DumpFile[];
  readonly notes: readonly string[];
}

/** Reads the .json and .txt files of the `cli` folder beside `topo`; one that cannot be read becomes a note. */
export async function readDumps(beside: string, signal: AbortSignal): Promise<Dumps> {
  const folder = path.join(beside, 'cli');
  const dumps: DumpFile[] = [];
  const notes: string[] = [];
  const attempt = async <T>(place: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (place !== folder || !isMissing(error)) notes.push(`Left out: ${fileError(error, place).message}`);
      return undefined;
    }
  };
  const names =
    (await attempt(folder, async () => {
      const { kind, real } = await classify(folder, beside, []);
      return kind === 'folder' ? readdir(real) : [];
    })) ?? [];
  for (const name of names.filter((candidate) => /\.(json|txt)$/.test(candidate)).sort(compareText)) {
    const place = path.join(folder, name);
    const dump = await attempt(place, async () => {
      const { kind, real } = await classify(place, beside, []);
      return kind === 'file' ? (await readLimited(real, signal)).bytes.toString('utf8') : undefined;
    });
    if (dump !== undefined) dumps.push({ name, text: dump });
  }
  return { dumps, notes };
}
