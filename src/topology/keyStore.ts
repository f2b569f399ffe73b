import type { CellData, LeaseEvidence, TopologyFailure, TopologyRecord } from '../model/topologyData.ts';
import { failedCell, readCellInfos } from './cellInfo.ts';
import type { CellInfoReading } from './cellInfo.ts';
import { mapLimited } from './concurrency.ts';
import { emptyRootError, failureOf } from './errors.ts';
import {
  cellContents,
  compareText,
  globalContents,
  hasTopology,
  isContained,
  isLockPath,
  keyPrefix,
  sortRecords,
} from './keys.ts';
import type { RootContents } from './keys.ts';
import { TopologyError } from './topology.ts';

/** One key's bytes and what the source knows of its revision and lease. */
export interface StoredKey {
  readonly value: Uint8Array;
  readonly modRevision?: string;
  /** Used for lock keys; undefined when the source cannot tell. */
  readonly lease?: LeaseEvidence;
}

/** A source that lists all its keys: a folder, or memory. */
export interface KeyStore {
  /** Words for people. */
  readonly description: string;
  readonly keys: readonly string[];
  /** Keys, or beginnings of keys up to a `/`, behind which something could not be read. */
  readonly failures: ReadonlyMap<string, TopologyFailure>;
  /** One key's content; rejects with a TopologyError. */
  load(key: string): Promise<StoredKey>;
  /** The root as this source's keys begin with it. */
  storedRoot(root: string): string;
  /** Whether the source has this stored root at all, be it without keys. */
  hasRoot(storedRoot: string): boolean;
}

/** What is known of cells apart from their records. */
export interface CellKnowledge {
  /** Cells that the source itself could not be given, by name. */
  readonly failed: ReadonlyMap<string, TopologyFailure>;
  /** Cells whose place in the source differs from their CellInfo, or that have none. */
  readonly placed: ReadonlyMap<string, CellPlace>;
}

/** Where a cell was read, and the root that its records have in the source. */
export interface CellPlace {
  readonly root: string;
  readonly address: string;
  readonly storedUnder: string;
}

const LOADS_AT_ONCE = 16;

/** The global root's records; rejects with a TopologyError when one cannot be read or there is no topology. */
export async function loadGlobal(store: KeyStore, root: string): Promise<TopologyRecord[]> {
  const records = await loadRoot(store, store.storedRoot(root), globalContents);
  if (!hasTopology(records)) throw emptyRootError(store.description, root, []);
  return records;
}

/** Every cell that the global records or the source name, by name. */
export function loadCells(
  store: KeyStore,
  global: readonly TopologyRecord[],
  knowledge: CellKnowledge,
): Promise<CellData[]> {
  const infos = new Map(readCellInfos(global).map(({ cell, info }) => [cell, info]));
  const names = new Set([...infos.keys(), ...knowledge.failed.keys(), ...knowledge.placed.keys()]);
  return mapLimited([...names].sort(compareText), 1, (cell) => loadCell(store, cell, infos.get(cell), knowledge));
}

async function loadCell(
  store: KeyStore,
  cell: string,
  info: CellInfoReading | undefined,
  { failed, placed }: CellKnowledge,
): Promise<CellData> {
  const failure = failed.get(cell);
  if (failure !== undefined) return { cell, status: 'failed', failure };
  if (info?.status === 'failed') return failedCell(cell, info.failure);
  const place = placed.get(cell) ?? (info && { ...info.location, storedUnder: info.location.root });
  if (place === undefined) return failedCell(cell, { code: 'not-found', message: 'it has no CellInfo.' });
  const { root, address } = place;
  const storedRoot = store.storedRoot(place.storedUnder);
  if (!store.hasRoot(storedRoot)) {
    const message = `CellInfo says that its root is ${root}, which ${store.description} does not hold.`;
    return failedCell(cell, { code: 'not-found', message: `${message} Take the snapshot again with this cell.` });
  }
  try {
    return { cell, status: 'loaded', root, address, records: await loadRoot(store, storedRoot, cellContents) };
  } catch (error) {
    if (!(error instanceof TopologyError) || error.code === 'cancelled' || error.code === 'timeout') throw error;
    return failedCell(cell, failureOf(error));
  }
}

async function loadRoot(store: KeyStore, root: string, contents: RootContents): Promise<TopologyRecord[]> {
  for (const [key, failure] of store.failures) if (mayHide(key, root, contents)) throw new TopologyError(failure);
  const prefix = keyPrefix(root);
  const paths: string[] = [];
  for (const key of store.keys) {
    if (key.startsWith(prefix) && isContained(contents, key.slice(prefix.length))) paths.push(key.slice(prefix.length));
  }
  const records = await mapLimited(paths, LOADS_AT_ONCE, async (path): Promise<TopologyRecord> => {
    const { value, modRevision, lease = { kind: 'unknown' } } = await store.load(prefix + path);
    return { path, value, ...(modRevision !== undefined && { modRevision }), ...(isLockPath(path) && { lease }) };
  });
  return sortRecords(records);
}

/** Whether records of this root may be behind `key`, which is one of them or a beginning of some. */
function mayHide(key: string, root: string, contents: RootContents): boolean {
  const prefix = keyPrefix(root);
  const folder = keyPrefix(key);
  if (prefix.startsWith(folder)) return true;
  if (!key.startsWith(prefix)) return false;
  const path = key.slice(prefix.length);
  return isContained(contents, path) || contents.prefixes.some((listed) => listed.startsWith(`${path}/`));
}
