/** Edits of a topology in memory: each gives a new one and leaves the given one as it was. */
import {
  clone,
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { globalRecord, cellRecord, type RecordId } from '../../src/model/record.ts';
import type { CellData, LeaseEvidence, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import {
  Shard_TabletControlSchema,
  ShardSchema,
  SrvKeyspaceSchema,
  TabletType,
  type Shard,
  type SrvKeyspace,
} from '../../src/records/gen/topodata_pb.js';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  SrvVSchemaSchema,
  type Keyspace as VSchema,
  type KeyspaceRoutingRules,
  type MirrorRules,
  type RoutingRules,
  type ShardRoutingRules,
  type SrvVSchema,
} from '../../src/records/gen/vschema_pb.js';

/** Puts a record's bytes, or removes the record when there are none. */
export function withBytes(data: TopologyData, record: RecordId, value: Uint8Array | undefined): TopologyData {
  const change = (records: readonly TopologyRecord[]): TopologyRecord[] => {
    const others = records.filter(({ path }) => path !== record.path);
    return value === undefined ? others : [...others, { path: record.path, value }];
  };
  if (record.cell === undefined) return { ...data, global: change(data.global) };
  return mapCell(data, record.cell, (cell) => ({ ...cell, records: change(cell.records) }));
}

export function withoutRecord(data: TopologyData, record: RecordId): TopologyData {
  return withBytes(data, record, undefined);
}

/** A record's bytes; undefined when it is not there. */
export function bytesOf(data: TopologyData, record: RecordId): Uint8Array | undefined {
  const cell = data.cells.find((one) => one.cell === record.cell);
  const records = record.cell === undefined ? data.global : cell?.status === 'loaded' ? cell.records : [];
  return records.find(({ path }) => path === record.path)?.value;
}

/** Changes a decoded record in place and encodes it again; an absent record starts empty. */
export function withMessage<Desc extends DescMessage>(
  data: TopologyData,
  record: RecordId,
  schema: Desc,
  change: (message: MessageShape<Desc>) => void,
): TopologyData {
  const bytes = bytesOf(data, record);
  const message = bytes === undefined ? create(schema) : fromBinary(schema, bytes);
  change(message);
  return withBytes(data, record, toBinary(schema, message));
}

export function withShard(
  data: TopologyData,
  keyspace: string,
  shard: string,
  change: (shard: Shard) => void,
): TopologyData {
  return withMessage(data, globalRecord.shard(keyspace, shard), ShardSchema, change);
}

/** Sets the denied tables of a shard's primary; none removes the control, as Vitess does. */
export function withDenied(
  data: TopologyData,
  keyspace: string,
  shard: string,
  tables: readonly string[],
): TopologyData {
  return withShard(data, keyspace, shard, (record) => {
    const others = record.tabletControls.filter(({ tabletType }) => tabletType !== TabletType.PRIMARY);
    record.tabletControls = others;
    if (tables.length > 0) {
      others.push(create(Shard_TabletControlSchema, { tabletType: TabletType.PRIMARY, deniedTables: [...tables] }));
    }
  });
}

/** Sets the tablet controls of a shard as they are given. */
export function withControls(
  data: TopologyData,
  keyspace: string,
  shard: string,
  controls: readonly MessageInitShape<typeof Shard_TabletControlSchema>[],
): TopologyData {
  return withShard(data, keyspace, shard, (record) => {
    record.tabletControls = controls.map((control) => create(Shard_TabletControlSchema, control));
  });
}

export function withVSchema(data: TopologyData, keyspace: string, change: (vschema: VSchema) => void): TopologyData {
  return withMessage(data, globalRecord.vschema(keyspace), VSchemaSchema, change);
}

export function withRules(data: TopologyData, change: (rules: RoutingRules) => void): TopologyData {
  return withMessage(data, globalRecord.routingRules, RoutingRulesSchema, change);
}

/** Sets routing rules by name; undefined removes a rule. */
export function withRoutes(data: TopologyData, routes: Readonly<Record<string, string | undefined>>): TopologyData {
  return withRules(data, (message) => {
    const kept = message.rules.filter(({ fromTable }) => !Object.hasOwn(routes, fromTable));
    const added = Object.entries(routes).flatMap(([fromTable, to]) =>
      to === undefined ? [] : [{ fromTable, toTables: [to] }],
    );
    message.rules = create(RoutingRulesSchema, { rules: [...kept, ...added] }).rules;
  });
}

export function withShardRules(data: TopologyData, change: (rules: ShardRoutingRules) => void): TopologyData {
  return withMessage(data, globalRecord.shardRoutingRules, ShardRoutingRulesSchema, change);
}

export function withKeyspaceRules(data: TopologyData, change: (rules: KeyspaceRoutingRules) => void): TopologyData {
  return withMessage(data, globalRecord.keyspaceRoutingRules, KeyspaceRoutingRulesSchema, change);
}

export function withMirrorRules(data: TopologyData, change: (rules: MirrorRules) => void): TopologyData {
  return withMessage(data, globalRecord.mirrorRules, MirrorRulesSchema, change);
}

export function withSrvVSchema(
  data: TopologyData,
  cell: string,
  change: (srvVSchema: SrvVSchema) => void,
): TopologyData {
  return withMessage(data, cellRecord.srvVSchema(cell), SrvVSchemaSchema, change);
}

export function withSrvKeyspace(
  data: TopologyData,
  cell: string,
  keyspace: string,
  change: (srvKeyspace: SrvKeyspace) => void,
): TopologyData {
  return withMessage(data, cellRecord.srvKeyspace(cell, keyspace), SrvKeyspaceSchema, change);
}

/** Does what RebuildVSchemaGraph does for some cells, or for all. */
export function rebuilt(data: TopologyData, cells = data.cells.map(({ cell }) => cell)): TopologyData {
  const names = new Set(data.global.flatMap(({ path }) => /^keyspaces\/([^/]+)\//.exec(path)?.[1] ?? []));
  const read = <Desc extends DescMessage>(schema: Desc, record: RecordId): MessageShape<Desc> => {
    const bytes = bytesOf(data, record);
    return bytes === undefined ? create(schema) : fromBinary(schema, bytes);
  };
  const srvVSchema = create(SrvVSchemaSchema, {
    routingRules: read(RoutingRulesSchema, globalRecord.routingRules),
    shardRoutingRules: read(ShardRoutingRulesSchema, globalRecord.shardRoutingRules),
    keyspaceRoutingRules: read(KeyspaceRoutingRulesSchema, globalRecord.keyspaceRoutingRules),
    mirrorRules: read(MirrorRulesSchema, globalRecord.mirrorRules),
  });
  for (const name of names) srvVSchema.keyspaces[name] = read(VSchemaSchema, globalRecord.vschema(name));
  const bytes = toBinary(SrvVSchemaSchema, srvVSchema);
  return cells.reduce((edited, cell) => withBytes(edited, cellRecord.srvVSchema(cell), bytes), data);
}

/** Makes a cell one that could not be reached. */
export function withFailedCell(data: TopologyData, cell: string): TopologyData {
  const failure = { code: 'unreachable', message: `${cell} did not answer.` } as const;
  return {
    ...data,
    cells: data.cells.map((one): CellData => (one.cell === cell ? { cell, status: 'failed', failure } : one)),
  };
}

export interface LockOptions {
  readonly id?: string;
  readonly lease?: LeaseEvidence;
  readonly host?: string;
  /** Seconds before the topology was read. */
  readonly ageSeconds?: number;
  readonly modRevision?: string;
  readonly contents?: Uint8Array;
}

/** Puts a lock key under a path such as `keyspaces/customer`. */
export function withLock(data: TopologyData, lockedPath: string, options: LockOptions = {}): TopologyData {
  const { id = '123', lease = { kind: 'unknown' }, host = 'vtctld-a', ageSeconds = 60, modRevision } = options;
  const time = new Date(data.readAt - ageSeconds * 1000).toISOString();
  const text = JSON.stringify({
    Action: 'SwitchWrites',
    HostName: host,
    UserName: 'vt',
    Time: time,
    Options: {},
    Status: 'Running',
  });
  const record: TopologyRecord = {
    path: `${lockedPath}/locks/${id}`,
    value: options.contents ?? new TextEncoder().encode(text),
    lease,
    ...(modRevision === undefined ? {} : { modRevision }),
  };
  return { ...data, global: [...data.global, record] };
}

/** Replaces or adds a vtctldclient dump. */
export function withDump(data: TopologyData, name: string, value: unknown): TopologyData {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { ...data, dumps: [...data.dumps.filter((dump) => dump.name !== name), { name, text }] };
}

export function withoutDumps(data: TopologyData): TopologyData {
  return { ...data, dumps: [] };
}

/** Copies a cell under another name, with its CellInfo. */
export function withCopiedCell(data: TopologyData, from: string, to: string): TopologyData {
  const cell = data.cells.find((one) => one.cell === from);
  const info = bytesOf(data, globalRecord.cellInfo(from));
  if (cell?.status !== 'loaded' || info === undefined) throw new Error(`${from} is not a loaded cell`);
  const records = cell.records.filter(({ path }) => !path.startsWith('tablets/'));
  return withBytes(
    { ...data, cells: [...data.cells, { ...cell, cell: to, records }] },
    globalRecord.cellInfo(to),
    info,
  );
}

/** A copy of a message with a change, for edits that keep the original. */
export function changed<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  change: (copy: MessageShape<Desc>) => void,
): MessageShape<Desc> {
  const copy = clone(schema, message);
  change(copy);
  return copy;
}

function mapCell(
  data: TopologyData,
  name: string,
  change: (cell: CellData & { status: 'loaded' }) => CellData,
): TopologyData {
  return {
    ...data,
    cells: data.cells.map((cell) => (cell.cell === name && cell.status === 'loaded' ? change(cell) : cell)),
  };
}
