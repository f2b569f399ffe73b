/** Names of topology records and places inside them. */

/** A record: its path under the global root, or under a cell's root when `cell` is given. */
export interface RecordId {
  readonly cell?: string;
  readonly path: string;
}

/** A path into a record's JSON form: field names as in Vitess's .proto files, and list positions. */
export type JsonPath = readonly (string | number)[];

/** A place that a finding points at. An empty path is the whole record. */
export interface Place {
  readonly record: RecordId;
  readonly path: JsonPath;
  /** What this place contributes; only related places need one. */
  readonly message?: string;
}

/** The record's name as people write it: `keyspaces/customer/VSchema`, or `zone1/SrvVSchema` for a cell's record. */
export function recordName(record: RecordId): string {
  return record.cell === undefined ? record.path : `${record.cell}/${record.path}`;
}

/** Record names of the global root. */
export const globalRecord = {
  routingRules: { path: 'RoutingRules' },
  shardRoutingRules: { path: 'ShardRoutingRules' },
  keyspaceRoutingRules: { path: 'routing_rules/keyspace/Rules' },
  mirrorRules: { path: 'MirrorRules' },
  keyspace: (keyspace: string): RecordId => ({ path: `keyspaces/${keyspace}/Keyspace` }),
  vschema: (keyspace: string): RecordId => ({ path: `keyspaces/${keyspace}/VSchema` }),
  shard: (keyspace: string, shard: string): RecordId => ({ path: `keyspaces/${keyspace}/shards/${shard}/Shard` }),
  cellInfo: (cell: string): RecordId => ({ path: `cells/${cell}/CellInfo` }),
} as const;

/** Record names of a cell's root. */
export const cellRecord = {
  srvVSchema: (cell: string): RecordId => ({ cell, path: 'SrvVSchema' }),
  srvKeyspace: (cell: string, keyspace: string): RecordId => ({ cell, path: `keyspaces/${keyspace}/SrvKeyspace` }),
  tablet: (cell: string, alias: string): RecordId => ({ cell, path: `tablets/${alias}/Tablet` }),
} as const;
