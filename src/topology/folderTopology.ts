import path, { posix } from 'node:path';
import type { CellData, LeaseEvidence, TopologyData } from '../model/topologyData.ts';
import { fileError } from './errors.ts';
import { readDumps } from './folderDumps.ts';
import { classify, listFolder, readLimited } from './folderFiles.ts';
import type { FolderFiles } from './folderFiles.ts';
import { checkRoot, findGlobalRoot, isMissing, locateSnapshot } from './folderLayout.ts';
import { cellContents, globalContents, isContained, keyPrefix, normalizeRoot, plainBytes } from './keys.ts';
import type { RootContents } from './keys.ts';
import { loadCells, loadGlobal } from './keyStore.ts';
import type { KeyStore } from './keyStore.ts';
import { ReadScope } from './readScope.ts';
import { noMetadata, parseMetadata } from './snapshotMetadata.ts';
import type { KeyMetadata, SnapshotMetadata } from './snapshotMetadata.ts';
import type { ReadOptions, Topology, TopologyError } from './topology.ts';

/** Which folder is read. */
export interface FolderTopologyOptions {
  /** The snapshot's folder, which holds `topo/`; or `topo/` itself. */
  readonly folder: string;
  /** The global root, where the folder holds several topologies or no cell. */
  readonly root?: string;
}

const MOST_NAMES = 5;

/**
 * A topology as files: what exportSnapshot writes, or a copy of etcd's keys. It
 * is read anew on every read. `readAt` is what etcd.json says, else when the
 * newest of its records was last changed on this disk.
 */
export class FolderTopology implements Topology {
  readonly description: string;
  private readonly options: FolderTopologyOptions;
  private readonly closed = new AbortController();

  constructor(options: FolderTopologyOptions) {
    this.options = options;
    this.description = `snapshot folder ${options.folder}`;
  }

  async read(options?: ReadOptions): Promise<TopologyData> {
    const scope = new ReadScope(this.description, options, this.closed.signal);
    try {
      scope.check();
      return await scope.race(this.readFolder(scope.signal));
    } finally {
      scope.end();
    }
  }

  close(): Promise<void> {
    this.closed.abort();
    return Promise.resolve();
  }

  private async readFolder(signal: AbortSignal): Promise<TopologyData> {
    const { topo, base, beside } = await locateSnapshot(this.options.folder);
    const listed = await listFolder(topo, base, signal);
    const { metadata, notes } = beside === undefined ? { metadata: noMetadata, notes: [] } : await readMetadata(beside);
    const globalRoot = this.globalRoot(listed, metadata);
    const changes: number[] = [];
    const store = folderStore(this.description, listed, metadata, changes, signal);
    const global = await loadGlobal(store, globalRoot);
    const cells = await loadCells(store, global, { failed: metadata.failedCells, placed: metadata.cells });
    const { dumps, notes: dumpNotes } =
      beside === undefined ? { dumps: [], notes: [] } : await readDumps(beside, signal);
    const lost = lostKeys(listed, metadata, globalRoot, cells);
    return {
      source: metadata.source === undefined ? this.description : `${this.description}, taken from ${metadata.source}`,
      readAt: metadata.readAt ?? newest(changes),
      ...(metadata.revision !== undefined && { revision: metadata.revision }),
      globalRoot,
      global,
      cells,
      notes: [...metadata.notes, ...notes, ...lost, ...dumpNotes],
      dumps,
    };
  }

  private globalRoot(listed: FolderFiles, metadata: SnapshotMetadata): string {
    const given = this.options.root ?? metadata.globalRoot;
    if (given === undefined) return findGlobalRoot(this.description, listed);
    const root = normalizeRoot(given);
    checkRoot(this.description, root, inFolder(root), listed);
    return root;
  }
}

function folderStore(
  description: string,
  { files, folders, failures }: FolderFiles,
  metadata: SnapshotMetadata,
  changes: number[],
  signal: AbortSignal,
): KeyStore {
  return {
    description,
    keys: [...files.keys()],
    failures,
    load: async (key) => {
      const { bytes, changedAt } = await readLimited(files.get(key) ?? key, signal);
      changes.push(changedAt);
      const { modRevision, lease } = keyMetadata(metadata, key);
      return {
        value: plainBytes(bytes),
        ...(modRevision !== undefined && { modRevision }),
        lease: leaseEvidence(lease),
      };
    },
    storedRoot: inFolder,
    hasRoot: (storedRoot) => storedRoot === '/' || folders.has(storedRoot),
  };
}

// Whether its holder still renews a lease cannot be seen in a folder; that there is none can.
function leaseEvidence(lease: string | undefined): LeaseEvidence {
  return { kind: lease !== undefined && Number(lease) === 0 ? 'none' : 'unknown' };
}

/** A root as the folder's keys begin with it; etcd's keys need not begin with a slash, the folder's do. */
function inFolder(root: string): string {
  return posix.join('/', root);
}

function keyMetadata(metadata: SnapshotMetadata, key: string): KeyMetadata {
  return metadata.keys.get(key) ?? metadata.keys.get(key.slice(1)) ?? {};
}

async function readMetadata(beside: string): Promise<{ metadata: SnapshotMetadata; notes: readonly string[] }> {
  const file = path.join(beside, 'etcd.json');
  const text = await readBeside(file, beside);
  if (text === undefined) return { metadata: noMetadata, notes: [] };
  const parsed = typeof text === 'string' ? parseMetadata(text) : { error: text.message };
  if (!('error' in parsed)) return { metadata: parsed, notes: [] };
  const what = typeof text === 'string' ? `${file} is not valid: ${parsed.error}.` : parsed.error;
  return { metadata: noMetadata, notes: [`Revisions and leases are unknown. ${what}`] };
}

/** The file's text, undefined when there is none, or why it cannot be read. */
async function readBeside(file: string, beside: string): Promise<string | undefined | TopologyError> {
  try {
    const { real } = await classify(file, beside, []);
    return (await readLimited(real)).bytes.toString('utf8');
  } catch (error) {
    return isMissing(error) ? undefined : fileError(error, file);
  }
}

/** Says which records etcd.json lists for the global root and the loaded cells, and the folder has not. */
function lostKeys(listed: FolderFiles, metadata: SnapshotMetadata, root: string, cells: readonly CellData[]): string[] {
  const loaded = cells.flatMap((cell) => (cell.status === 'loaded' ? [cell] : []));
  const roots: [string, RootContents][] = [
    [inFolder(root), globalContents],
    ...loaded.map((cell): [string, RootContents] => [
      inFolder(metadata.cells.get(cell.cell)?.storedUnder ?? cell.root),
      cellContents,
    ]),
  ];
  const isRecord = (key: string): boolean =>
    roots.some(([stored, contents]) => {
      const prefix = keyPrefix(stored);
      return key.startsWith(prefix) && isContained(contents, key.slice(prefix.length));
    });
  const lost = [...metadata.keys.keys()].map(inFolder).filter((key) => !listed.files.has(key) && isRecord(key));
  if (lost.length === 0) return [];
  const names = lost.slice(0, MOST_NAMES).join(', ') + (lost.length > MOST_NAMES ? ', …' : '');
  return [
    `etcd.json lists ${lost.length} record${lost.length === 1 ? '' : 's'} without a file in the snapshot, which is incomplete or was edited: ${names}.`,
  ];
}

function newest(changes: readonly number[]): number {
  return changes.reduce((latest, change) => Math.max(latest, change), 0) || Date.now();
}
