/** Things that operators, failures and half-finished operations do to a topology, one record at a time. */
import { create, fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { cellRecord, globalRecord, type RecordId } from '../../src/model/record.ts';
import type { LeaseEvidence, TopologyData } from '../../src/model/topologyData.ts';
import { Shard_TabletControlSchema, ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { RoutingRulesSchema, TableSchema } from '../../src/records/gen/vschema_pb.js';
import {
  bytesOf,
  rebuilt,
  withBytes,
  withDenied,
  withFailedCell,
  withLock,
  withRoutes,
  withShard,
  withShardRules,
  withSrvKeyspace,
  withVSchema,
  withoutRecord,
} from './edit.ts';
import { withNewShards, withReshardedReads } from './reshard.ts';
import type { MoveSpec, TopologySpec } from './topologySpec.ts';

export const stepKinds = [
  'deny',
  'allow',
  'deny-all',
  'allow-all',
  'route',
  'route',
  'unroute',
  'rebuild',
  'rebuild-all',
  'corrupt',
  'remove-keyspace',
  'add-serving-shard',
  'start-reshard',
  'switch-reshard-reads',
  'change-vschema',
  'drop-from-vschema',
  'delete-srv-vschema',
  'delete-srv-keyspace',
  'drop-served-shard',
  'disable-queries',
  'duplicate-control',
  'legacy-control',
  'turn-shard-rule',
  'fail-cell',
  'deny-stray',
  'die-in-switch',
  'die-in-switch',
  'switch-rules-only',
  'die-before-rebuild',
  'die-before-rebuild',
  'lock',
  'lock',
] as const;

export interface Step {
  readonly kind: (typeof stepKinds)[number];
  /** Picks what the step is about: taken modulo the number of candidates. */
  readonly picks: readonly number[];
}

export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...stepKinds), picks: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }) }),
  { maxLength: 5 },
);

const junk = Uint8Array.of(0xff, 0xff, 0xff);
const suffixes = ['', '', '@replica', '@rdonly'];

/** Applies one step; a step without a candidate changes nothing. */
export function applyStep(data: TopologyData, spec: TopologySpec, { kind, picks }: Step): TopologyData {
  const pick = <T>(candidates: readonly T[], position: number): T | undefined =>
    candidates[(picks[position] ?? 0) % Math.max(1, candidates.length)];
  const keyspace = pick(
    spec.keyspaces.filter(({ name }) => hasKeyspace(data, name)),
    0,
  );
  const cell = pick(spec.cells, 0);
  const move = pick(
    spec.moves.filter(({ kind: of }) => of !== 'multi-tenant'),
    0,
  );
  const table = pick(move?.tables ?? [], 1);
  const side = pick([move?.source ?? '', move?.target ?? ''], 2) ?? '';
  const shards = spec.keyspaces.find(({ name }) => name === side)?.shards ?? [];
  const shard = pick(shards, 3);
  switch (kind) {
    case 'deny':
    case 'allow':
      return shard === undefined || table === undefined
        ? data
        : denying(data, side, [shard], { [table]: kind === 'deny' });
    case 'deny-all':
    case 'allow-all':
      return denying(
        data,
        side,
        shards,
        Object.fromEntries((move?.tables ?? []).map((name) => [name, kind === 'deny-all'])),
      );
    case 'die-in-switch':
      return move === undefined ? data : turnedDenials(data, spec, move);
    case 'switch-rules-only':
      return move?.kind === 'standard' ? turnedRules(data, move) : data;
    case 'die-before-rebuild':
      return move?.kind === 'standard' ? turnedRules(turnedDenials(data, spec, move), move) : data;
    case 'lock':
      return locked(data, spec, picks);
    case 'deny-stray':
      return keyspace === undefined ? data : denying(data, keyspace.name, keyspace.shards.slice(0, 1), { stray: true });
    case 'route':
    case 'unroute':
      return rerouted(data, spec, { kind, picks });
    case 'rebuild':
      return cell === undefined ? data : rebuiltWhereReadable(data, [cell]);
    case 'rebuild-all':
      return rebuiltWhereReadable(data, spec.cells);
    case 'corrupt':
      return corrupted(data, spec, pick(corruptible(data, spec), 1));
    case 'fail-cell':
      return cell === undefined ? data : withFailedCell(data, cell);
    case 'remove-keyspace':
      return keyspace === undefined || (picks[1] ?? 0) % 3 !== 0
        ? data
        : { ...data, global: data.global.filter(({ path }) => !path.startsWith(`keyspaces/${keyspace.name}/`)) };
    case 'add-serving-shard':
      return keyspace === undefined ? data : withNewShards(data, keyspace.name, ['c0-'], true);
    case 'start-reshard':
      return keyspace === undefined ? data : withNewShards(data, keyspace.name, ['-20', '20-']);
    case 'switch-reshard-reads':
      return keyspace === undefined || cell === undefined ? data : switchedReshard(data, keyspace.name, cell);
    case 'change-vschema':
    case 'drop-from-vschema':
      return keyspace === undefined ? data : vschemaStep(data, spec, keyspace.name, kind);
    case 'delete-srv-vschema':
      return cell === undefined ? data : withoutRecord(data, cellRecord.srvVSchema(cell));
    case 'delete-srv-keyspace':
      return cell === undefined || keyspace === undefined
        ? data
        : withoutRecord(data, cellRecord.srvKeyspace(cell, keyspace.name));
    case 'drop-served-shard':
    case 'disable-queries':
      return cell === undefined || keyspace === undefined
        ? data
        : servedStep(data, { cell, keyspace: keyspace.name, kind });
    case 'duplicate-control':
    case 'legacy-control':
      return shard === undefined || table === undefined
        ? data
        : controlStep(data, { keyspace: side, shard, table, kind });
    case 'turn-shard-rule':
      return move?.kind === 'partial' && shard !== undefined ? turned(data, move, shard) : data;
  }
}

function hasKeyspace(data: TopologyData, name: string): boolean {
  return data.global.some(({ path }) => path.startsWith(`keyspaces/${name}/`));
}

function isReadable(data: TopologyData, record: RecordId): boolean {
  const bytes = bytesOf(data, record);
  return bytes !== undefined && bytes[0] !== 0xff;
}

function deniedOn(data: TopologyData, keyspace: string, shard: string): string[] {
  const bytes = bytesOf(data, globalRecord.shard(keyspace, shard));
  if (bytes === undefined || bytes[0] === 0xff) return [];
  const { tabletControls } = fromBinary(ShardSchema, bytes);
  return tabletControls.findLast(({ tabletType }) => tabletType === TabletType.PRIMARY)?.deniedTables ?? [];
}

function denying(
  data: TopologyData,
  keyspace: string,
  shards: readonly string[],
  tables: Readonly<Record<string, boolean>>,
): TopologyData {
  return shards.reduce((edited, shard) => {
    if (!isReadable(edited, globalRecord.shard(keyspace, shard))) return edited;
    const kept = deniedOn(edited, keyspace, shard).filter((table) => !Object.hasOwn(tables, table));
    return withDenied(edited, keyspace, shard, [...kept, ...Object.keys(tables).filter((table) => tables[table])]);
  }, data);
}

/** A switch died between the denied tables and the rules: each side denies what it allowed. */
function turnedDenials(data: TopologyData, spec: TopologySpec, { source, target, tables }: MoveSpec): TopologyData {
  const sides = spec.keyspaces.filter(({ name }) => name === source || name === target);
  return sides.reduce((edited, { name, shards }) => {
    const denied = deniedOn(edited, name, shards[0] ?? '').includes(tables[0] ?? '');
    return denying(edited, name, shards, Object.fromEntries(tables.map((table) => [table, !denied])));
  }, data);
}

/** The write rules of a whole move lead to the other side, whose own rule is gone, and nothing else has changed. */
function turnedRules(data: TopologyData, { source, target, tables }: MoveSpec): TopologyData {
  if (!isReadable(data, globalRecord.routingRules)) return data;
  return tables.reduce((edited, table) => {
    const rules = routesOf(edited);
    const [from, to] = rules.get(table) === `${source}.${table}` ? [source, target] : [target, source];
    if (!rules.has(table)) return edited;
    const led = `${to}.${table}`;
    return withRoutes(edited, { [table]: led, [`${from}.${table}`]: led, [led]: undefined });
  }, data);
}

function routesOf(data: TopologyData): Map<string, string | undefined> {
  const { rules } = fromBinary(RoutingRulesSchema, bytesOf(data, globalRecord.routingRules) ?? new Uint8Array());
  return new Map(rules.map(({ fromTable, toTables }) => [fromTable, toTables[0]]));
}

const leases: readonly LeaseEvidence[] = [
  { kind: 'unknown' },
  { kind: 'none' },
  { kind: 'held', id: '1', grantedTtlSeconds: 30, ttlSeconds: 25 },
  { kind: 'held', id: '1', grantedTtlSeconds: 30, ttlSeconds: 2 },
  { kind: 'held', id: '1', grantedTtlSeconds: 120, ttlSeconds: 20 },
  { kind: 'held', id: '1', grantedTtlSeconds: 86_400, ttlSeconds: 86_300 },
  { kind: 'held', id: '1', grantedTtlSeconds: 86_400, ttlSeconds: 60_000 },
  { kind: 'held', id: '1', grantedTtlSeconds: 86_400, ttlSeconds: 60_000 },
];

function locked(data: TopologyData, spec: TopologySpec, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): TopologyData {
  const paths = [
    ...spec.keyspaces.map(({ name }) => `keyspaces/${name}`),
    ...spec.moves.map(({ target }, index) => `internal/named_locks/${target}/move${index}`),
    `routing_rules`,
  ];
  const path = paths[a % paths.length] ?? '';
  const lease = leases[b % leases.length] ?? { kind: 'unknown' };
  return withLock(data, path, {
    id: String(1000 + data.global.length),
    lease,
    host: c % 2 === 0 ? 'vtctld-a' : 'vtctld-b',
    ageSeconds: d * 60,
  });
}

/** Changes or removes one rule of one table of a standard move. */
function rerouted(
  data: TopologyData,
  spec: TopologySpec,
  { kind, picks: [a = 0, b = 0, c = 0, d = 0] }: Step,
): TopologyData {
  const moves = spec.moves.filter((move) => move.kind === 'standard');
  const move = moves[a % Math.max(1, moves.length)];
  const table = move?.tables[b % move.tables.length];
  if (move === undefined || table === undefined || !isReadable(data, globalRecord.routingRules)) return data;
  const names = [table, `${move.source}.${table}`, `${move.target}.${table}`];
  const name = `${names[c % 3] ?? ''}${suffixes[d % 4] ?? ''}`;
  const to = [move.source, move.target, move.source, move.target, 'gone'][(c + d) % 5] ?? '';
  return withRoutes(data, { [name]: kind === 'route' ? `${to}.${table}` : undefined });
}

/** Vitess refuses to rebuild from records that it cannot read. */
function rebuiltWhereReadable(data: TopologyData, cells: readonly string[]): TopologyData {
  const broken = data.global.some(({ path, value }) => value[0] === 0xff && /Rules$|VSchema$/.test(path));
  const reached = cells.filter((name) => data.cells.some(({ cell, status }) => cell === name && status === 'loaded'));
  return broken ? data : rebuilt(data, reached);
}

function corruptible(data: TopologyData, spec: TopologySpec): RecordId[] {
  const partial = spec.moves.some(({ kind }) => kind === 'partial');
  const ids = spec.keyspaces.flatMap(({ name, shards }) => [
    globalRecord.vschema(name),
    globalRecord.keyspace(name),
    ...shards.map((shard) => globalRecord.shard(name, shard)),
  ]);
  const perCell = spec.cells.flatMap((cell) => [
    cellRecord.srvVSchema(cell),
    ...spec.keyspaces.map(({ name }) => cellRecord.srvKeyspace(cell, name)),
  ]);
  // Without table rules a partial move's tables cannot be told from the records.
  const rules: RecordId[] = [
    ...(partial ? [] : [globalRecord.routingRules]),
    globalRecord.shardRoutingRules,
    globalRecord.keyspaceRoutingRules,
    globalRecord.mirrorRules,
  ];
  return [...ids, ...perCell, ...rules].filter((id) => bytesOf(data, id) !== undefined);
}

function corrupted(data: TopologyData, spec: TopologySpec, record: RecordId | undefined): TopologyData {
  return record === undefined || spec.cells.length === 0 ? data : withBytes(data, record, junk);
}

function switchedReshard(data: TopologyData, keyspace: string, cell: string): TopologyData {
  return isReadable(data, cellRecord.srvKeyspace(cell, keyspace))
    ? withReshardedReads(data, keyspace, cell)
    : withNewShards(data, keyspace, ['-20', '20-']);
}

function vschemaStep(data: TopologyData, spec: TopologySpec, keyspace: string, kind: Step['kind']): TopologyData {
  if (!isReadable(data, globalRecord.vschema(keyspace))) return data;
  const moving = spec.moves.find((move) => move.kind === 'standard' && [move.source, move.target].includes(keyspace));
  return withVSchema(data, keyspace, (vschema) => {
    if (kind === 'change-vschema') vschema.tables['added'] = create(TableSchema);
    else if (moving !== undefined) Reflect.deleteProperty(vschema.tables, moving.tables[0] ?? '');
  });
}

function servedStep(data: TopologyData, step: { cell: string; keyspace: string; kind: Step['kind'] }): TopologyData {
  if (!isReadable(data, cellRecord.srvKeyspace(step.cell, step.keyspace))) return data;
  return withSrvKeyspace(data, step.cell, step.keyspace, ({ partitions }) => {
    const [first] = partitions;
    const name = first?.shardReferences[0]?.name ?? '';
    if (step.kind === 'drop-served-shard') first?.shardReferences.shift();
    else
      first?.shardTabletControls.push({ $typeName: 'topodata.ShardTabletControl', name, queryServiceDisabled: true });
  });
}

function controlStep(
  data: TopologyData,
  step: { keyspace: string; shard: string; table: string; kind: Step['kind'] },
): TopologyData {
  if (!isReadable(data, globalRecord.shard(step.keyspace, step.shard))) return data;
  const tabletType = step.kind === 'legacy-control' ? TabletType.REPLICA : TabletType.PRIMARY;
  return withShard(data, step.keyspace, step.shard, ({ tabletControls }) => {
    const control = create(Shard_TabletControlSchema, { tabletType, deniedTables: [step.table] });
    if (step.kind === 'duplicate-control' && tabletControls.length === 0) tabletControls.push(control);
    tabletControls.push(control);
  });
}

function turned(data: TopologyData, { source, target }: MoveSpec, shard: string): TopologyData {
  if (!isReadable(data, globalRecord.shardRoutingRules)) return data;
  return withShardRules(data, ({ rules }) => {
    const rule = rules.find((one) => one.shard === shard && [source, target].includes(one.fromKeyspace));
    if (rule !== undefined) [rule.fromKeyspace, rule.toKeyspace] = [rule.toKeyspace, rule.fromKeyspace];
  });
}
