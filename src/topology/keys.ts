import { posix } from 'node:path';
import { cellPrefixes, cellRecords, globalPrefixes, globalRecords } from '../model/topologyData.ts';
import type { TopologyRecord } from '../model/topologyData.ts';
import { parseGlobalPath } from '../records/topoKey.ts';

/** Which records of one root a snapshot holds: whole paths, and prefixes that end in `/`. */
export interface RootContents {
  readonly records: readonly string[];
  readonly prefixes: readonly string[];
}

/** What a snapshot holds of the global root. */
export const globalContents: RootContents = { records: globalRecords, prefixes: globalPrefixes };
/** What a snapshot holds of a cell's root. */
export const cellContents: RootContents = { records: cellRecords, prefixes: cellPrefixes };

/** The root as Vitess joins it with paths: no repeated, trailing or dot segments; `''` for keys without any prefix. */
export function normalizeRoot(root: string): string {
  const clean = posix.normalize(root);
  if (clean === '.') return '';
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** What every key under a normalized root starts with. */
export function keyPrefix(root: string): string {
  return root === '' || root.endsWith('/') ? root : `${root}/`;
}

/** Whether the key is a lock's: Vitess names it `<locked path>/locks/<lease id>`. */
export function isLockPath(recordPath: string): boolean {
  return /(^|\/)locks\/[0-9]+$/.test(recordPath);
}

/** Whether a snapshot holds the record at this path under its root. */
export function isContained(contents: RootContents, recordPath: string): boolean {
  return contents.records.includes(recordPath) || contents.prefixes.some((prefix) => recordPath.startsWith(prefix));
}

/** Whether these records of a global root are a topology: it has a cell or a keyspace. */
export function hasTopology(records: readonly { readonly path: string }[]): boolean {
  return records.some(({ path }) => path.startsWith('cells/') || path.startsWith('keyspaces/'));
}

/** The cell whose CellInfo is stored at this path of the global root. */
export function cellOfPath(recordPath: string): string | undefined {
  const key = parseGlobalPath(recordPath);
  return key.kind === 'CellInfo' ? key.cell : undefined;
}

/** The order of records in a snapshot, the same from every source: by path, in code units. */
export function sortRecords(records: readonly TopologyRecord[]): TopologyRecord[] {
  return [...records].sort((a, b) => compareText(a.path, b.path));
}

/** The order of names and paths, the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The bytes without Buffer's prototype, so that equal records of different sources compare as equal. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
