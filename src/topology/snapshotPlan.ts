import path from 'node:path';
import type { LeaseEvidence, TopologyData, TopologyRecord } from '../model/topologyData.ts';
import type { CellPlace } from './keyStore.ts';
import { cellContents, globalContents, isContained, keyPrefix } from './keys.ts';
import type { RootContents } from './keys.ts';
import { formatMetadata } from './snapshotMetadata.ts';
import type { KeyMetadata, SnapshotMetadata } from './snapshotMetadata.ts';
import { SnapshotExportError } from './snapshotExportError.ts';

/** One file of a snapshot. */
export interface SnapshotFile {
  /** The key, or what else people know this file by. */
  readonly name: string;
  /** The path below the snapshot's folder. */
  readonly parts: readonly string[];
  readonly bytes: Uint8Array;
}

/** Everything that a snapshot consists of. */
export interface SnapshotPlan {
  /** All folders, parents first, as parts of paths below the snapshot's folder. */
  readonly folders: readonly (readonly string[])[];
  readonly files: readonly SnapshotFile[];
}

/** The records of one root and the root that they are stored under in the snapshot. */
interface PlacedRoot {
  readonly storedUnder: string;
  readonly contents: RootContents;
  readonly records: ReadonlyMap<string, TopologyRecord>;
}

// The limits of the file systems in use: NAME_MAX, and PATH_MAX less a little for the temporary folder's name.
const MOST_NAME_BYTES = 255;
const MOST_PATH_BYTES = 4000;

/** What to write for a topology; throws a SnapshotExportError that names a key which cannot be a file. */
export function planSnapshot(data: TopologyData, target: string): SnapshotPlan {
  const { roots, cells } = placeRoots(data);
  const files = new Map<string, SnapshotFile>();
  const keys = new Map<string, KeyMetadata>();
  for (const root of roots) {
    for (const record of root.records.values()) {
      const key = keyPrefix(root.storedUnder) + record.path;
      files.set(key, { name: key, parts: ['topo', ...keyParts(key)], bytes: record.value });
      keys.set(key, keyMetadata(record));
    }
  }
  const failed = data.cells.flatMap((cell) => (cell.status === 'failed' ? [[cell.cell, cell.failure] as const] : []));
  const metadata: SnapshotMetadata = {
    source: data.source,
    readAt: data.readAt,
    ...(data.revision !== undefined && { revision: data.revision }),
    globalRoot: data.globalRoot,
    keys,
    cells,
    failedCells: new Map(failed),
    notes: data.notes,
  };
  const dumps = data.dumps.map(({ name, text }) => textFile(['cli', name], text));
  const all = [...files.values(), ...dumps, textFile(['etcd.json'], formatMetadata(metadata))];
  const rootFolders = roots.map((root) => ['topo', ...keyParts(root.storedUnder)]);
  return { files: all, folders: checkNames(all, rootFolders, target) };
}

function placeRoots(data: TopologyData): { roots: readonly PlacedRoot[]; cells: ReadonlyMap<string, CellPlace> } {
  const roots = [place(data.globalRoot, globalContents, data.global)];
  const cells = new Map<string, CellPlace>();
  for (const cell of data.cells) {
    if (cell.status === 'failed') continue;
    const own = place(cell.root, cellContents, cell.records);
    // Cells of different etcd clusters may have the same root, but there is only one folder of that name.
    const clash = roots.some((other) => disturbs(own, other) || disturbs(other, own));
    const storedUnder = clash ? path.posix.join('/', `@${cell.cell}`, cell.root) : cell.root;
    roots.push({ ...own, storedUnder });
    cells.set(cell.cell, { root: cell.root, address: cell.address, storedUnder });
  }
  return { roots, cells };
}

function textFile(parts: readonly string[], text: string): SnapshotFile {
  return { name: parts.join('/'), parts, bytes: Buffer.from(text) };
}

function place(root: string, contents: RootContents, records: readonly TopologyRecord[]): PlacedRoot {
  const byPath = new Map(records.map((record) => [record.path, record]));
  if (byPath.size === records.length) return { storedUnder: root, contents, records: byPath };
  const twice = records.find((record) => byPath.get(record.path) !== record)?.path ?? '';
  throw new SnapshotExportError(
    'unsafe-name',
    `${keyPrefix(root)}${twice}: the topology has two records of this name.`,
  );
}

/** Whether a record of `a`, stored under its root, would be read as one of `b` that `b` does not have. */
function disturbs(a: PlacedRoot, b: PlacedRoot): boolean {
  const prefix = keyPrefix(b.storedUnder);
  for (const record of a.records.values()) {
    const key = keyPrefix(a.storedUnder) + record.path;
    if (!key.startsWith(prefix) || !isContained(b.contents, key.slice(prefix.length))) continue;
    const same = b.records.get(key.slice(prefix.length));
    if (same === undefined || Buffer.compare(same.value, record.value) !== 0) return true;
  }
  return false;
}

/** The parts of a key's path, without the slash that it begins with. */
function keyParts(key: string): string[] {
  const relative = key.replace(/^\//, '');
  return relative === '' ? [] : relative.split('/');
}

/** All folders that the files and roots need; throws for names that no folder can hold or that would leave it. */
function checkNames(
  files: readonly SnapshotFile[],
  roots: readonly (readonly string[])[],
  target: string,
): (readonly string[])[] {
  const folders = new Map<string, readonly string[]>();
  const addFolders = (parts: readonly string[]): void => {
    for (let length = 1; length <= parts.length; length++) {
      const folder = parts.slice(0, length);
      folders.set(folder.join('/'), folder);
    }
  };
  for (const root of roots) {
    for (const part of root) refuse(root.join('/'), problemOf(part));
    addFolders(root);
  }
  for (const { name, parts } of files) {
    for (const part of parts) refuse(name, problemOf(part));
    const length = Buffer.byteLength(path.join(target, ...parts));
    refuse(name, length > MOST_PATH_BYTES ? 'its path is too long for a file' : undefined);
    addFolders(parts.slice(0, -1));
  }
  for (const { name, parts } of files) {
    refuse(name, folders.has(parts.join('/')) ? 'it would have to be a file and a folder at once' : undefined);
  }
  return [...folders.values()];
}

function refuse(name: string, problem: string | undefined): void {
  if (problem === undefined) return;
  const shown = JSON.stringify(name.length > 300 ? `${name.slice(0, 300)}…` : name);
  throw new SnapshotExportError('unsafe-name', `The key ${shown} cannot be a file: ${problem}. Nothing was written.`);
}

/** Why a part of a key cannot be the name of a file or folder, if so. */
function problemOf(part: string): string | undefined {
  if (part === '') return 'a part of it is empty';
  if (part === '.' || part === '..') return `the part "${part}" leads to another folder`;
  if (part.includes('\0')) return 'it contains a NUL';
  if (part.includes('/')) return 'a name in it contains a slash';
  if (Buffer.byteLength(part) > MOST_NAME_BYTES) return 'a part of it is too long for a file name';
  const isReserved = /[<>:"|?*\\\u0000-\u001f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part);
  return process.platform === 'win32' && isReserved ? `Windows takes no "${part}" as a name` : undefined;
}

function keyMetadata({ modRevision, lease }: TopologyRecord): KeyMetadata {
  return { ...(modRevision !== undefined && { modRevision }), ...(lease && leaseMetadata(lease)) };
}

function leaseMetadata(lease: LeaseEvidence): KeyMetadata {
  switch (lease.kind) {
    case 'unknown':
      return {};
    case 'none':
      return { lease: '0' };
    case 'held':
      return { lease: lease.id, ttl: lease.ttlSeconds, grantedTtl: lease.grantedTtlSeconds };
  }
}
