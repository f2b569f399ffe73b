/**
 * A topology with its records decoded: what the rules and the views read.
 * Every record is a Reading, so "could not read" stays apart from "not there".
 */
import type { Lock } from '../model/lock.ts';
import type { Reading } from '../model/reading.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyFailure } from '../model/topologyData.ts';
import type { WorkflowKnowledge } from '../model/workflow.ts';
import type { Keyspace, Shard, SrvKeyspace, Tablet } from './gen/topodata_pb.js';
import type {
  KeyspaceRoutingRules,
  Keyspace as VSchema,
  MirrorRules,
  RoutingRules,
  ShardRoutingRules,
  SrvVSchema,
} from './gen/vschema_pb.js';

export interface ShardRecord {
  readonly name: string;
  readonly record: RecordId;
  readonly shard: Reading<Shard>;
}

export interface KeyspaceRecords {
  readonly name: string;
  readonly keyspace: Reading<Keyspace>;
  readonly vschema: Reading<VSchema>;
  /** In key range order. */
  readonly shards: readonly ShardRecord[];
}

export interface TabletRecord {
  readonly alias: string;
  readonly record: RecordId;
  readonly tablet: Reading<Tablet>;
}

export interface CellRecords {
  readonly name: string;
  /** Why nothing of the cell could be read; then every reading of it has failed. */
  readonly failure?: TopologyFailure;
  readonly address?: string;
  readonly root?: string;
  readonly srvVSchema: Reading<SrvVSchema>;
  readonly srvKeyspaces: ReadonlyMap<string, Reading<SrvKeyspace>>;
  readonly tablets: readonly TabletRecord[];
}

/** A record that could not be read, with the reason in words. */
export interface UnreadableRecord {
  readonly record: RecordId;
  readonly reason: string;
}

export interface Snapshot {
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
  readonly revision?: string;
  readonly notes: readonly string[];
  /** By name, in name order. */
  readonly keyspaces: ReadonlyMap<string, KeyspaceRecords>;
  /** In name order. */
  readonly cells: readonly CellRecords[];
  readonly routingRules: Reading<RoutingRules>;
  readonly shardRoutingRules: Reading<ShardRoutingRules>;
  readonly keyspaceRoutingRules: Reading<KeyspaceRoutingRules>;
  readonly mirrorRules: Reading<MirrorRules>;
  readonly locks: readonly Lock[];
  readonly workflows: WorkflowKnowledge;
  /** Every record whose bytes do not decode; cells that failed as a whole are in `cells`. */
  readonly unreadable: readonly UnreadableRecord[];
}
