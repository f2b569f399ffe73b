import { backOffMs } from './backOff.ts';
import { readCellInfos } from './cellInfo.ts';
import { failureOf } from './errors.ts';
import { readCell } from './etcdCells.ts';
import type { CellReading } from './etcdCells.ts';
import { recordChanges, renewedLocks } from './etcdChanges.ts';
import { contentRanges, coveringRange, currentHeader } from './etcdRange.ts';
import type { RangeReader } from './etcdRange.ts';
import type { EtcdReading, ReadCluster } from './etcdReading.ts';
import { watchRanges } from './etcdWatchStream.ts';
import type { RevisionWrites, WatchedRange } from './etcdWatchStream.ts';
import type { FollowedTopology } from './followedTopology.ts';
import { cellContents, cellOfPath, globalContents, hasTopology } from './keys.ts';
import { pause, withLimit } from './readScope.ts';
import { TopologyError } from './topology.ts';

/** Writes can no longer be told one by one: everything has to be read. */
export class ReadAgainError extends TopologyError {}

const RECONNECT = { firstMs: 50, mostMs: 5000 };
const RETRY_CELL = { firstMs: 2000, mostMs: 60_000 };
const CELL_TIMEOUT_MS = 30_000;

/** Follows one cluster of a reading; rejects with a ReadAgainError, or with the signal's reason. */
export async function followCluster(
  cluster: ReadCluster,
  topology: FollowedTopology,
  signal: AbortSignal,
): Promise<never> {
  const reader: RangeReader = { connection: cluster.connection, signal, pageSize: undefined };
  const concerned = cluster.isGlobal ? 'everything' : cluster.roots.flatMap(({ cell }) => cell ?? []);
  const next = cluster.revision + 1n;
  // One watch over all roots tells what one transaction wrote to several of them as one.
  let ranges: WatchedRange[] = [{ range: coveringRange(cluster.roots.map(({ root }) => root)), next }];
  let failures = 0;
  const opened = async (header: { readonly cluster: string; readonly revision: bigint }): Promise<void> => {
    await refuseOtherHistory(cluster, header, ranges, reader);
    failures = 0;
    topology.found(concerned);
  };
  const wrote = async ({ revision, writes }: RevisionWrites): Promise<void> => {
    const changes = await recordChanges(writes, cluster.roots, reader);
    if (changes.length === 0) return;
    const global = changes.filter(({ record }) => record.cell === undefined);
    if (global.some(({ record }) => cellOfPath(record.path) !== undefined)) throw readAgain('a CellInfo was written');
    topology.wrote(changes, revision, cluster.isGlobal);
    // What a reader makes of a root without records is for a reader to say.
    if (global.length > 0 && !hasTopology(topology.global)) throw readAgain('no cell and no keyspace is left');
    const emptied = changes.find(({ record: { cell } }) => cell !== undefined && topology.isEmpty(cell));
    if (emptied !== undefined) throw readAgain(`${emptied.record.cell ?? ''} has no record left`);
  };
  for (;;) {
    try {
      await watchRanges(cluster.connection, ranges, { opened, wrote }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TopologyError) || error instanceof ReadAgainError) throw error;
      if (error.code === 'compacted') throw readAgain(error.message);
      // A user may be let read each root and not what lies between them.
      if (error.code === 'permission-denied' && ranges.length === 1) {
        ranges = narrowRanges(cluster, ranges[0]?.next ?? next);
        continue;
      }
      failures += 1;
      // The first failure may be no more than a connection that ended.
      if (failures > 1) topology.lost(concerned, failureOf(error));
    }
    await pause(backOffMs(RECONNECT, failures), signal);
  }
}

/** Tries the cells that the reading could not read; rejects with a ReadAgainError when one of them can be read. */
export async function retryCells(
  { data, cells }: EtcdReading,
  reading: Omit<CellReading, 'signal' | 'revisions'>,
  signal: AbortSignal,
): Promise<never> {
  const failed = new Set(cells.flatMap(({ data: { cell, status } }) => (status === 'failed' ? [cell] : [])));
  const reachable = readCellInfos(data.global).filter(({ cell }) => failed.has(cell));
  for (let attempt = 1; ; attempt++) {
    await pause(backOffMs(RETRY_CELL, attempt), signal);
    for (const { cell, info } of reachable) {
      if (info.status === 'failed') continue;
      const late = (): TopologyError => new TopologyError({ code: 'timeout', message: `${cell} took too long.` });
      const result = await withLimit(signal, CELL_TIMEOUT_MS, late, (limited) =>
        readCell({ ...reading, signal: limited, revisions: new Map() }, cell, info.location),
      ).catch(() => undefined);
      signal.throwIfAborted();
      if (result?.data.status === 'loaded') throw readAgain(`${cell} can be read`);
    }
  }
}

/** Reads the leases of the global root's locks again and again, while there are locks. */
export async function renewLeases(
  { connection, roots }: ReadCluster,
  topology: FollowedTopology,
  intervalMs: number,
  signal: AbortSignal,
): Promise<never> {
  const root = roots.find(({ cell }) => cell === undefined)?.root ?? '';
  const reader: RangeReader = { connection, signal, pageSize: undefined };
  for (;;) {
    await pause(intervalMs, signal);
    // An etcd that does not answer is told by the watch on it.
    const locks = await renewedLocks(topology.global, root, reader).catch(() => []);
    signal.throwIfAborted();
    if (locks.length > 0) topology.renewed(locks);
  }
}

/** Another cluster at the address, or one that was restored from a backup, has other revisions. */
async function refuseOtherHistory(
  cluster: ReadCluster,
  header: { readonly cluster: string; readonly revision: bigint },
  ranges: readonly WatchedRange[],
  reader: RangeReader,
): Promise<void> {
  if (header.cluster !== cluster.id) throw readAgain('another etcd answers there now');
  const known = ranges.reduce((most, { next }) => (next > most ? next : most), 0n) - 1n;
  if (header.revision >= known) return;
  // A member that lags behind the others will get there.
  const [root] = cluster.roots;
  const newest = await currentHeader(reader, root?.root ?? '', globalContents);
  if (BigInt(newest.revision) < known) throw readAgain('etcd went back to an earlier revision');
}

function narrowRanges({ roots }: ReadCluster, next: bigint): WatchedRange[] {
  return roots
    .flatMap(({ root, cell }) => contentRanges(root, cell === undefined ? globalContents : cellContents))
    .map((range) => ({ range, next }));
}

function readAgain(why: string): ReadAgainError {
  return new ReadAgainError({ code: 'changed', message: why });
}
