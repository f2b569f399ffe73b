/**
 * Healthy topologies of any moves, written down as plain values and turned into
 * records as Vitess's own operations leave them.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { cellRecord, globalRecord, type RecordId } from '../../src/model/record.ts';
import type { CellData, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import {
  CellInfoSchema,
  KeyspaceSchema,
  ShardSchema,
  SrvKeyspaceSchema,
  TabletSchema,
  TabletType,
  type KeyRange,
} from '../../src/records/gen/topodata_pb.js';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
} from '../../src/records/gen/vschema_pb.js';
import { rebuilt } from './edit.ts';

export interface KeyspaceSpec {
  readonly name: string;
  /** More than one shard, or one that is called `-`, makes a keyspace sharded. */
  readonly shards: readonly string[];
}

interface Sides {
  readonly source: string;
  readonly target: string;
  readonly tables: readonly string[];
}

export type Side = 'source' | 'target';

/** A whole move. `writes: 'source'` is the created state, `reversed` the same after a switch and a reverse. */
export interface StandardMove extends Sides {
  readonly kind: 'standard';
  readonly writes: 'source' | 'target' | 'reversed';
  readonly replica: Side;
  readonly rdonly: Side;
  readonly mirrored: boolean;
  /** Cells whose SrvVSchema still has the reads on the other side: `switchtraffic --cells`. Never all of them. */
  readonly earlierReads: readonly string[];
}

/** A move shard by shard between keyspaces with the same shards. */
export interface PartialMove extends Sides {
  readonly kind: 'partial';
  readonly shards: Readonly<Record<string, 'source' | 'target' | 'reversed'>>;
}

export interface MultiTenantMove extends Sides {
  readonly kind: 'multi-tenant';
  readonly writes: Side;
  readonly replica: Side;
  readonly rdonly: Side;
}

export type MoveSpec = StandardMove | PartialMove | MultiTenantMove;

export interface TopologySpec {
  readonly cells: readonly string[];
  readonly keyspaces: readonly KeyspaceSpec[];
  readonly moves: readonly MoveSpec[];
  /** True when vtctldclient dumps name the workflows and their tables. */
  readonly dumps: boolean;
}

export const specReadAt = Date.parse('2026-11-24T04:00:00Z');
const readTypes = ['replica', 'rdonly'] as const;

/** The records of a healthy topology. */
export function buildTopology(spec: TopologySpec): TopologyData {
  const data: TopologyData = {
    source: 'built',
    readAt: specReadAt,
    globalRoot: '/vitess/global',
    global: [
      ...spec.cells.map((cell) =>
        record(
          globalRecord.cellInfo(cell),
          toBinary(CellInfoSchema, create(CellInfoSchema, { serverAddress: 'h:2379', root: `/vitess/${cell}` })),
        ),
      ),
      ...spec.keyspaces.flatMap((keyspace) => keyspaceRecords(spec, keyspace)),
      ...ruleRecords(spec, routingRules(spec)),
    ],
    cells: spec.cells.map((cell): CellData => ({
      cell,
      status: 'loaded',
      root: `/vitess/${cell}`,
      address: 'h:2379',
      records: cellRecords(spec, cell),
    })),
    notes: [],
    dumps: spec.dumps ? workflowDumps(spec) : [],
  };
  return withEarlierReads(rebuilt(data), spec);
}

/** A shard's key range as its record stores it; undefined for a name without one. */
export function keyRangeOf(shard: string): Pick<KeyRange, 'start' | 'end'> | undefined {
  const [start, end] = shard.split('-');
  if (start === undefined || end === undefined) return undefined;
  return { start: Uint8Array.from(Buffer.from(start, 'hex')), end: Uint8Array.from(Buffer.from(end, 'hex')) };
}

export function isShardedSpec({ shards }: KeyspaceSpec): boolean {
  return shards.some((shard) => shard.includes('-'));
}

function record(id: RecordId, value: Uint8Array): TopologyRecord {
  return { path: id.path, value };
}

function keyspaceRecords(spec: TopologySpec, keyspace: KeyspaceSpec): TopologyRecord[] {
  const { name, shards } = keyspace;
  const tables = spec.moves
    .filter(({ source, target }) => source === name || target === name)
    .flatMap((move) => move.tables);
  const tenants = spec.moves.some((move) => move.kind === 'multi-tenant' && move.target === name);
  const vschema = create(VSchemaSchema, {
    sharded: isShardedSpec(keyspace),
    tables: Object.fromEntries(tables.map((table) => [table, {}])),
    ...(tenants ? { multiTenantSpec: { tenantIdColumnName: 'tenant_id' } } : {}),
  });
  return [
    record(globalRecord.keyspace(name), toBinary(KeyspaceSchema, create(KeyspaceSchema, { sidecarDbName: '_vt' }))),
    record(globalRecord.vschema(name), toBinary(VSchemaSchema, vschema)),
    ...shards.map((shard) => record(globalRecord.shard(name, shard), shardBytes(spec, name, shard))),
  ];
}

function shardBytes(spec: TopologySpec, keyspace: string, shard: string): Uint8Array {
  const denying = spec.moves.filter((move) => denies(move, keyspace, shard));
  const mirrored = denying.some((move) => move.kind === 'standard' && move.mirrored);
  const tables = [...new Set(denying.flatMap((move) => move.tables))];
  const control = { tabletType: TabletType.PRIMARY, deniedTables: tables, allowReads: mirrored };
  const range = keyRangeOf(shard);
  return toBinary(
    ShardSchema,
    create(ShardSchema, {
      primaryAlias: { cell: spec.cells[0] ?? '', uid: 100 },
      isPrimaryServing: true,
      ...(range === undefined ? {} : { keyRange: range }),
      tabletControls: tables.length === 0 ? [] : [control],
    }),
  );
}

/** Whether a healthy move denies its tables on a shard. */
function denies(move: MoveSpec, keyspace: string, shard: string): boolean {
  if (move.kind === 'multi-tenant') return false;
  const state = move.kind === 'standard' ? move.writes : move.shards[shard];
  if (keyspace === move.source) return state === 'target';
  // A partial move denies on the target only after a reverse.
  return keyspace === move.target && (state === 'reversed' || (state === 'source' && move.kind === 'standard'));
}

type Routes = Map<string, string>;

function routingRules({ moves }: TopologySpec): Routes {
  const routes: Routes = new Map();
  for (const move of moves) {
    if (move.kind === 'multi-tenant') continue;
    for (const table of move.tables) addRoutes(routes, move, table);
  }
  return routes;
}

function addRoutes(routes: Routes, move: StandardMove | PartialMove, table: string): void {
  const names = [table, `${move.source}.${table}`, `${move.target}.${table}`];
  const writes = move.kind === 'partial' || move.writes !== 'target' ? move.source : move.target;
  for (const name of names) routes.set(name, `${writes}.${table}`);
  // A switch deletes the rule of the side that it switches to.
  if (move.kind === 'standard' && move.writes === 'target') routes.delete(`${move.target}.${table}`);
  if (move.kind === 'standard' && move.writes === 'reversed') routes.delete(`${move.source}.${table}`);
  for (const type of readTypes) {
    const reads = move.kind === 'partial' ? move.source : move[move[type]];
    for (const name of names) routes.set(`${name}@${type}`, `${reads}.${table}`);
  }
}

function ruleRecords(spec: TopologySpec, routes: Routes): TopologyRecord[] {
  const rules = [...routes].map(([fromTable, to]) => ({ fromTable, toTables: [to] }));
  const shardRules = spec.moves.flatMap((move) => (move.kind === 'partial' ? partialRules(move) : []));
  const keyspaceRules = spec.moves.flatMap((move) => (move.kind === 'multi-tenant' ? tenantRules(move) : []));
  const mirrorRules = spec.moves.flatMap((move) =>
    move.kind === 'standard' && move.mirrored
      ? move.tables.map((table) => ({
          fromTable: `${move.source}.${table}`,
          toTable: `${move.target}.${table}`,
          percent: 10,
        }))
      : [],
  );
  // Vitess deletes an empty rule record.
  return [
    ...(rules.length === 0
      ? []
      : [record(globalRecord.routingRules, toBinary(RoutingRulesSchema, create(RoutingRulesSchema, { rules })))]),
    ...(shardRules.length === 0
      ? []
      : [
          record(
            globalRecord.shardRoutingRules,
            toBinary(ShardRoutingRulesSchema, create(ShardRoutingRulesSchema, { rules: shardRules })),
          ),
        ]),
    ...(keyspaceRules.length === 0
      ? []
      : [
          record(
            globalRecord.keyspaceRoutingRules,
            toBinary(KeyspaceRoutingRulesSchema, create(KeyspaceRoutingRulesSchema, { rules: keyspaceRules })),
          ),
        ]),
    ...(mirrorRules.length === 0
      ? []
      : [
          record(
            globalRecord.mirrorRules,
            toBinary(MirrorRulesSchema, create(MirrorRulesSchema, { rules: mirrorRules })),
          ),
        ]),
  ];
}

function partialRules({
  source,
  target,
  shards,
}: PartialMove): { fromKeyspace: string; toKeyspace: string; shard: string }[] {
  return Object.entries(shards).map(([shard, state]) => {
    const [fromKeyspace, toKeyspace] = state === 'target' ? [source, target] : [target, source];
    return { fromKeyspace, toKeyspace, shard };
  });
}

function tenantRules(move: MultiTenantMove): { fromKeyspace: string; toKeyspace: string }[] {
  return [
    { fromKeyspace: move.source, toKeyspace: move[move.writes] },
    ...readTypes.map((type) => ({ fromKeyspace: `${move.source}@${type}`, toKeyspace: move[move[type]] })),
  ];
}

function cellRecords(spec: TopologySpec, cell: string): TopologyRecord[] {
  const tablet = create(TabletSchema, {
    alias: { cell, uid: 100 },
    keyspace: spec.keyspaces[0]?.name ?? '',
    hostname: 'h',
  });
  const alias = `${cell}-0000000100`;
  return [
    record(cellRecord.tablet(cell, alias), toBinary(TabletSchema, tablet)),
    ...spec.keyspaces.map(({ name, shards }) => {
      const shardReferences = shards.map((shard) => {
        const keyRange = keyRangeOf(shard);
        return { name: shard, ...(keyRange === undefined ? {} : { keyRange }) };
      });
      const served = [TabletType.PRIMARY, TabletType.REPLICA, TabletType.RDONLY];
      const partitions = served.map((servedType) => ({ servedType, shardReferences }));
      return record(
        cellRecord.srvKeyspace(cell, name),
        toBinary(SrvKeyspaceSchema, create(SrvKeyspaceSchema, { partitions })),
      );
    }),
  ];
}

/** Rebuilds single cells from the rules as they were before the reads were switched in the others. */
function withEarlierReads(data: TopologyData, spec: TopologySpec): TopologyData {
  return spec.cells.reduce((edited, cell) => {
    const moves = spec.moves.map((move) => {
      if (move.kind !== 'standard' || !move.earlierReads.includes(cell)) return move;
      const opposite = (side: Side): Side => (side === 'source' ? 'target' : 'source');
      return { ...move, replica: opposite(move.replica), rdonly: opposite(move.rdonly) };
    });
    const earlier = ruleRecords({ ...spec, moves }, routingRules({ ...spec, moves }));
    const paths = new Set(earlier.map(({ path }) => path));
    const global = [...data.global.filter(({ path }) => !paths.has(path)), ...earlier];
    const { cells } = rebuilt({ ...edited, global }, [cell]);
    return { ...edited, cells };
  }, data);
}

function workflowDumps({ keyspaces, moves }: TopologySpec): { name: string; text: string }[] {
  const workflows = moves.map((move, index) => ({ move, name: `move${index}` }));
  return keyspaces.flatMap(({ name: keyspace }) => {
    const own = workflows.filter(({ move }) => move.target === keyspace);
    const show = own.map(({ move, name }) => ({
      name,
      workflow_type: 'MoveTables',
      source: { keyspace: move.source },
      target: { keyspace: move.target },
      shard_streams: { '0/zone1-0000000100': { streams: [stream(move)] } },
    }));
    return [
      { name: `WorkflowList-${keyspace}.json`, text: JSON.stringify(own.map(({ name }) => name)) },
      { name: `WorkflowShow-${keyspace}.json`, text: JSON.stringify({ workflows: show }) },
    ];
  });
}

function stream(move: MoveSpec): object {
  const switched = move.kind === 'standard' && move.writes === 'target';
  return {
    state: switched ? 'Stopped' : 'Running',
    message: switched ? 'FROZEN' : '',
    binlog_source: { filter: { rules: move.tables.map((match) => ({ match, filter: `select * from ${match}` })) } },
  };
}
