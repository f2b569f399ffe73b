import type { DescMessage } from '@bufbuild/protobuf';
import {
  CellInfoSchema,
  KeyspaceSchema,
  ShardReplicationSchema,
  ShardSchema,
  SrvKeyspaceSchema,
  TabletSchema,
} from './gen/topodata_pb.js';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  SrvVSchemaSchema,
} from './gen/vschema_pb.js';
import type { RecordId } from '../model/record.ts';
import { parseCellPath, parseGlobalPath, type RecordKind } from './topoKey.ts';

/** The message type of each kind of record. */
export const recordSchemas = {
  Keyspace: KeyspaceSchema,
  VSchema: VSchemaSchema,
  Shard: ShardSchema,
  RoutingRules: RoutingRulesSchema,
  ShardRoutingRules: ShardRoutingRulesSchema,
  KeyspaceRoutingRules: KeyspaceRoutingRulesSchema,
  MirrorRules: MirrorRulesSchema,
  CellInfo: CellInfoSchema,
  SrvVSchema: SrvVSchemaSchema,
  SrvKeyspace: SrvKeyspaceSchema,
  ShardReplication: ShardReplicationSchema,
  Tablet: TabletSchema,
} as const satisfies Record<RecordKind, DescMessage>;

/** The kind of a record; undefined for a lock or a key that holds no known record. */
export function recordKind(record: RecordId): RecordKind | undefined {
  const { kind } = record.cell === undefined ? parseGlobalPath(record.path) : parseCellPath(record.path);
  return kind === 'Lock' || kind === 'Other' ? undefined : kind;
}
