import { create } from '@bufbuild/protobuf';
import type { ShardName } from '../../src/model/plan.ts';
import { cellRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { TabletAliasSchema, TabletSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import type { RefreshOptions, ShardRefresh, ShardTablets } from '../../src/repair/ports.ts';
import { shardTablets } from '../../src/repair/shardTablets.ts';
import { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import type { ServerTls } from '../harness/grpcServer.ts';
import { startTablets, type StandInTablets } from '../harness/tablet.ts';
import { loadCapture } from '../support/captures.ts';
import { withMessage } from '../support/edit.ts';
import { wholeKeys } from '../topology/contract.ts';
import { clear, putAll } from '../topology/etcdWorld.ts';

export const commerce: ShardName = { keyspace: 'commerce', shard: '0' };
export const both: readonly ShardName[] = [
  { keyspace: 'customer', shard: '-80' },
  { keyspace: 'customer', shard: '80-' },
];
/** commerce/0 has a primary, a replica and a tablet that takes a backup; customer/-80 and 80- a primary each. */
export const primary = 'zone1-0000000100';
export const replica = 'zone1-0000000101';
export const backup = 'zone1-0000000102';

/** Records in an etcd with running stand-in tablets. */
export interface Cluster {
  readonly tablets: StandInTablets;
  /** The tablets of shards as the records in etcd describe them now. */
  targets(...shards: readonly ShardName[]): Promise<ShardTablets[]>;
}

/** Puts a capture with more tablets into an etcd, replacing all there is, and starts its tablets. */
export async function startCluster(etcd: EtcdServer, tls?: ServerTls): Promise<Cluster> {
  await clear(etcd);
  let data = withTablet(loadCapture('04-all-switched'), replica, TabletType.REPLICA);
  data = withTablet(data, backup, TabletType.BACKUP);
  await putAll(etcd, wholeKeys(data));
  const root = '/vitess/global';
  const snapshot = decodeSnapshot(data);
  const tablets = await startTablets({ etcd: etcd.client, root, snapshot, ...(tls === undefined ? {} : { tls }) });
  const targets = async (...shards: readonly ShardName[]): Promise<ShardTablets[]> => {
    const cellAddresses = { zone1: 'global' };
    const topology = new EtcdTopology({ endpoints: [etcd.endpoint], root, cellAddresses });
    try {
      return shardTablets(decodeSnapshot(await topology.read()), shards);
    } finally {
      await topology.close();
    }
  };
  return { tablets, targets };
}

/** Limits for tablets that answer at once. */
export function within(timeoutMs: number, more: Partial<RefreshOptions> = {}): RefreshOptions {
  return { signal: new AbortController().signal, timeoutMs, ...more };
}

/** What became of each tablet, in one word. */
export function statuses(refreshed: ShardRefresh | undefined): Record<string, string> {
  return Object.fromEntries((refreshed?.tablets ?? []).map(({ alias, outcome }) => [alias, outcome.status]));
}

/** Why a tablet is not confirmed. */
export function reasonOf(refreshed: ShardRefresh | undefined, alias: string): string {
  const outcome = refreshed?.tablets.find((tablet) => tablet.alias === alias)?.outcome;
  return outcome !== undefined && 'reason' in outcome ? outcome.reason : '';
}

function withTablet(data: TopologyData, alias: string, type: TabletType): TopologyData {
  return withMessage(data, cellRecord.tablet('zone1', alias), TabletSchema, (tablet) => {
    tablet.alias = create(TabletAliasSchema, { cell: 'zone1', uid: Number(alias.split('-')[1]) });
    tablet.keyspace = commerce.keyspace;
    tablet.shard = commerce.shard;
    tablet.type = type;
  });
}
