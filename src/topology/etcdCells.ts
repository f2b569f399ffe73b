import type { CellData, TopologyFailure, TopologyFailureCode } from '../model/topologyData.ts';
import { failedCell } from './cellInfo.ts';
import type { CellLocation } from './cellInfo.ts';
import { failureOf } from './errors.ts';
import { addressHint, meansOtherHost, routeOf, routeThroughGlobal } from './etcdCellRoute.ts';
import type { CellRoute, CellRouting } from './etcdCellRoute.ts';
import { withLeases } from './etcdLeases.ts';
import type { EtcdPlace } from './etcdPlaces.ts';
import { currentHeader, holdsAny, readRoot, unreadableNote } from './etcdRange.ts';
import type { RangeReader, RootRecords } from './etcdRange.ts';
import { cellContents, sortRecords } from './keys.ts';
import { TopologyError } from './topology.ts';

/** What the cells of one snapshot share while they are read. */
export interface CellReading {
  readonly signal: AbortSignal;
  readonly pageSize: number | undefined;
  readonly routing: CellRouting;
  readonly globalCluster: string;
  /** The revision that each cluster is read at, by cluster id; the global cluster's is there from the start. */
  readonly revisions: Map<string, string>;
}

/** One cell and what a reader should know of how it was read. */
export interface CellResult {
  readonly data: CellData;
  readonly notes: readonly string[];
  /** Where it was read. */
  readonly place?: EtcdPlace;
}

/** The global cluster's revision is gone, so the whole snapshot must start over. */
export class GlobalCompactionError extends TopologyError {}

// A cell's own cluster may be compacted while it is read; more often than this is no coincidence.
const ATTEMPTS = 3;

/** Failures that a wrong address may cause. */
const addressFailures: ReadonlySet<TopologyFailureCode> = new Set(['unreachable', 'tls', 'invalid', 'unauthenticated']);

/** Reads one cell; rejects only when the whole read is cancelled or must start over. */
export async function readCell(reading: CellReading, cell: string, location: CellLocation): Promise<CellResult> {
  try {
    return await readByRoute(reading, cell, location, routeOf(reading.routing, cell, location));
  } catch (error) {
    const failure = ownFailure(error);
    if (!addressFailures.has(failure.code)) return failed(cell, failure);
    return readOtherwise(reading, cell, location, failure);
  }
}

async function readByRoute(
  reading: CellReading,
  cell: string,
  { root }: CellLocation,
  route: CellRoute,
): Promise<CellResult> {
  const { connection, address } = route;
  const reader = readerOf(reading, connection);
  if (connection !== reading.routing.global) await connection.ready(reader.signal);
  const { records, unreadable, cluster } = await readAtOneRevision(reading, reader, root);
  if (records.length === 0) await refuseMisplaced(reading, cell, root, cluster, route);
  const leased = await withLeases(reader, records);
  const notes = leased.notes.map((note) => `${cell}: ${note}`);
  if (route.note !== undefined) notes.unshift(route.note);
  if (unreadable > 0) notes.push(`${cell}: ${unreadableNote(unreadable)}`);
  const data: CellData = { cell, status: 'loaded', root, address, records: sortRecords(leased.records) };
  return { data, notes, place: { connection, cluster, root } };
}

async function readAtOneRevision(
  reading: CellReading,
  reader: RangeReader,
  root: string,
): Promise<RootRecords & { readonly cluster: string }> {
  for (let attempt = 1; ; attempt++) {
    const header = await currentHeader(reader, root, cellContents);
    const cluster = header.cluster_id;
    const revision = reading.revisions.get(cluster) ?? header.revision;
    reading.revisions.set(cluster, revision);
    try {
      return { ...(await readRoot(reader, root, cellContents, revision)), cluster };
    } catch (error) {
      if (!(error instanceof TopologyError) || error.code !== 'compacted') throw error;
      if (cluster === reading.globalCluster) throw new GlobalCompactionError(error, { cause: error });
      if (attempt === ATTEMPTS) throw error;
      if (reading.revisions.get(cluster) === revision) reading.revisions.delete(cluster);
    }
  }
}

// An etcd that answers at the cell's address need not be the cell's: a loopback address, a tunnel, a reused port.
async function refuseMisplaced(
  reading: CellReading,
  cell: string,
  root: string,
  cluster: string,
  { connection, address, promise }: CellRoute,
): Promise<void> {
  if (promise === undefined && cluster === reading.globalCluster) return;
  if (await holdsAny(readerOf(reading, connection), root)) return;
  if (promise !== undefined) {
    throw new TopologyError({
      code: 'not-found',
      message: `${promise}, but nothing is stored there under ${root}. ${addressHint(cell, 'HOST:PORT')}`,
    });
  }
  if (!(await globalHolds(reading, root))) return;
  throw new TopologyError({
    code: 'not-found',
    message: `etcd at ${address} answers, but holds nothing under ${root}, while the global etcd does: from here that address is probably another etcd. ${addressHint(cell, 'global')}`,
  });
}

/** Reads a cell through the global etcd where that is surely meant; else says what the operator can do. */
async function readOtherwise(
  reading: CellReading,
  cell: string,
  location: CellLocation,
  { code, message }: TopologyFailure,
): Promise<CellResult> {
  try {
    if (!(await globalHolds(reading, location.root))) {
      return failed(cell, { code, message: `${message} ${addressHint(cell, 'HOST:PORT')}` });
    }
    if (code !== 'unreachable' || !meansOtherHost(reading.routing, cell, location)) {
      const held = `The global etcd holds keys under ${location.root}.`;
      return failed(cell, { code, message: `${message} ${held} ${addressHint(cell, 'global')}` });
    }
    return await readByRoute(reading, cell, location, routeThroughGlobal(reading.routing, cell, location));
  } catch (error) {
    return failed(cell, ownFailure(error));
  }
}

async function globalHolds(reading: CellReading, root: string): Promise<boolean> {
  try {
    return await holdsAny(readerOf(reading, reading.routing.global), root);
  } catch (error) {
    // A user who may not look there gets the failure without the hint.
    if (error instanceof TopologyError && error.code === 'permission-denied') return false;
    throw error;
  }
}

function failed(cell: string, failure: TopologyFailure): CellResult {
  return { data: failedCell(cell, failure), notes: [] };
}

function readerOf({ signal, pageSize }: CellReading, connection: CellRoute['connection']): RangeReader {
  return { connection, signal, pageSize };
}

/** The failure of this cell alone; throws what concerns the whole read. */
function ownFailure(error: unknown): TopologyFailure {
  if (!(error instanceof TopologyError) || error.code === 'cancelled') throw error;
  if (error instanceof GlobalCompactionError) throw error;
  return failureOf(error);
}
