import { setMaxListeners } from 'node:events';
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { backOffMs } from './backOff.ts';
import { failureOf } from './errors.ts';
import type { CellRouting } from './etcdCellRoute.ts';
import { followCluster, ReadAgainError, renewLeases, retryCells } from './etcdFollow.ts';
import { readClusters } from './etcdReading.ts';
import type { EtcdReading } from './etcdReading.ts';
import { FollowedTopology } from './followedTopology.ts';
import { pause } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { WatchOptions } from './topology.ts';

/** What a watch needs of the topology that it follows. */
export interface EtcdWatchSource {
  /** The reading that gave this data; undefined when it was not one of this topology. */
  readonly readingOf: (data: TopologyData) => EtcdReading | undefined;
  /** Reads everything; rejects with a TopologyError. */
  readonly read: (signal: AbortSignal) => Promise<EtcdReading>;
  readonly routing: CellRouting;
  readonly pageSize: number | undefined;
}

const LEASE_INTERVAL_MS = 10_000;
const READ_AGAIN = { firstMs: 250, mostMs: 10_000 };

/** See Topology.watch. */
export async function watchEtcd(
  source: EtcdWatchSource,
  from: TopologyData,
  listener: (update: TopologyUpdate) => void,
  { signal: caller, leaseIntervalMs = LEASE_INTERVAL_MS }: WatchOptions,
): Promise<void> {
  const failing = new AbortController();
  const signal = AbortSignal.any([caller, failing.signal]);
  setMaxListeners(0, signal);
  const topology = new FollowedTopology(from, (update) => {
    if (signal.aborted) return;
    try {
      listener(update);
    } catch (error) {
      failing.abort(error);
    }
  });
  try {
    let reading = source.readingOf(from) ?? (await readAgain(source, topology, signal));
    for (;;) {
      await follow({ source, reading, topology, leaseIntervalMs }, signal);
      reading = await readAgain(source, topology, signal);
    }
  } catch (error) {
    if (failing.signal.aborted) throw failing.signal.reason;
    if (!signal.aborted) throw error;
  }
}

interface Following {
  readonly source: EtcdWatchSource;
  readonly reading: EtcdReading;
  readonly topology: FollowedTopology;
  readonly leaseIntervalMs: number;
}

/** Follows one reading; resolves when everything has to be read again. */
async function follow({ source, reading, topology, leaseIntervalMs }: Following, parent: AbortSignal): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([parent, ending.signal]);
  setMaxListeners(0, signal);
  const { routing, pageSize } = source;
  const { cluster: globalCluster } = reading.global;
  const clusters = readClusters(reading);
  const work = [
    ...clusters.map((cluster) => followCluster(cluster, topology, signal)),
    ...clusters.filter(({ isGlobal }) => isGlobal).map((one) => renewLeases(one, topology, leaseIntervalMs, signal)),
    retryCells(reading, { routing, pageSize, globalCluster }, signal),
  ];
  try {
    await Promise.race(work);
  } catch (error) {
    if (!(error instanceof ReadAgainError)) throw error;
  } finally {
    ending.abort(new TopologyError({ code: 'cancelled', message: 'The watch goes on from a new reading.' }));
    await Promise.allSettled(work);
  }
}

/** Reads everything, as often as it takes. */
async function readAgain(
  source: EtcdWatchSource,
  topology: FollowedTopology,
  signal: AbortSignal,
): Promise<EtcdReading> {
  for (let failures = 1; ; failures++) {
    try {
      const reading = await source.read(signal);
      topology.readAgain(reading.data);
      return reading;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TopologyError)) throw error;
      topology.lost('everything', failureOf(error));
    }
    await pause(backOffMs(READ_AGAIN, failures), signal);
  }
}
