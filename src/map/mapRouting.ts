/** Where a move's traffic goes: by the global rules, and by what each cell's vtgates follow. */
import { servingShards, loadedShards, type LoadedShard } from '../diagnose/keyspaceFacts.ts';
import { globalTraffic } from '../diagnose/trafficMatrix.ts';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { groupBy } from '../model/groupBy.ts';
import { tabletTypes, type Move, type TabletTypeName, type TrafficCell } from '../model/move.ts';
import { loadedValue, mapReading, type Reading } from '../model/reading.ts';
import { cellRecord, globalRecord } from '../model/record.ts';
import type { KeyspaceRoutingRules, ShardRoutingRules } from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import type { FindingMarks } from './findingMarks.ts';
import type { MapFlow, MapRouting } from './moveMap.ts';

const accepted = { refused: [], isAllRefused: false } as const;

/** The routing of a move: the global rules, then each cell. */
export function mapRouting(snapshot: Snapshot, move: DiagnosedMove, marks: FindingMarks): readonly MapRouting[] {
  const global = globalRecordOf(move);
  const rules: MapRouting = {
    cell: undefined,
    flows: globalFlows(snapshot, move),
    marks: marks.of(global),
    target: { record: global, path: [] },
  };
  const cells = snapshot.cells.map(({ name, srvVSchema }): MapRouting => {
    const record = cellRecord.srvVSchema(name);
    return {
      cell: name,
      flows: cellFlows(snapshot, move, name, srvVSchema),
      marks: marks.of(record),
      target: { record, path: [] },
    };
  });
  return [rules, ...cells];
}

function globalRecordOf({ kind }: Move): MapRouting['target']['record'] {
  return {
    standard: globalRecord.routingRules,
    partial: globalRecord.shardRoutingRules,
    'multi-tenant': globalRecord.keyspaceRoutingRules,
  }[kind];
}

function globalFlows(snapshot: Snapshot, move: Move): readonly MapFlow[] {
  switch (move.kind) {
    case 'standard':
      return tableFlows(snapshot, move, globalTraffic(snapshot, move));
    case 'partial':
      return shardFlows(snapshot, move, snapshot.shardRoutingRules);
    case 'multi-tenant':
      return tenantFlows(move, snapshot.keyspaceRoutingRules);
  }
}

function cellFlows(
  snapshot: Snapshot,
  move: DiagnosedMove,
  cell: string,
  srvVSchema: Snapshot['cells'][number]['srvVSchema'],
): readonly MapFlow[] {
  switch (move.kind) {
    case 'standard':
      return tableFlows(
        snapshot,
        move,
        move.matrix.filter((entry) => entry.cell === cell),
      );
    case 'partial':
      return shardFlows(snapshot, move, present(mapReading(srvVSchema, (value) => value.shardRoutingRules)));
    case 'multi-tenant':
      return tenantFlows(move, present(mapReading(srvVSchema, (value) => value.keyspaceRoutingRules)));
  }
}

/** A field of a message that was read and does not have it is absent. */
function present<T>(reading: Reading<T | undefined>): Reading<T> {
  if (reading.status !== 'loaded') return reading;
  return reading.value === undefined ? { status: 'absent' } : { status: 'loaded', value: reading.value };
}

type Entry = Pick<TrafficCell, 'table' | 'type' | 'servedBy'>;

/** Types whose tables all go the same way are one flow. */
function tableFlows(snapshot: Snapshot, move: Move, entries: readonly Entry[]): readonly MapFlow[] {
  // Without the rules nobody knows the tables.
  if (entries.length === 0) return [{ types: [...tabletTypes], to: 'not-checked', of: [], ...accepted }];
  const flows = tabletTypes.flatMap((type) => {
    const places = groupBy(
      entries.filter((entry) => entry.type === type),
      ({ servedBy }) => (servedBy.kind === 'keyspace' ? `to ${servedBy.keyspace}` : servedBy.kind),
    );
    return [...places.values()].flatMap((same) => tableFlow(snapshot, move, type, same));
  });
  const alike = groupBy(flows, ({ to, keyspace, of, refused }) => JSON.stringify([to, keyspace, of, refused]));
  return [...alike.values()].flatMap((same) =>
    same.slice(0, 1).map((flow) => ({ ...flow, types: same.flatMap(({ types }) => types) })),
  );
}

function tableFlow(snapshot: Snapshot, move: Move, type: TabletTypeName, entries: readonly Entry[]): MapFlow[] {
  const servedBy = entries[0]?.servedBy;
  if (servedBy === undefined) return [];
  const tables = entries.map(({ table }) => table);
  const of = tables.length === move.tables.length ? [] : tables;
  if (servedBy.kind !== 'keyspace') return [{ types: [type], to: servedBy.kind, of, ...accepted }];
  const { keyspace } = servedBy;
  // Denied tables are the primary's alone.
  const shards = type === 'primary' ? servingShards(snapshot.keyspaces.get(keyspace)) : [];
  return [{ types: [type], ...destination(move, keyspace), of, ...refusal(shards, tables) }];
}

function destination({ source, target }: Move, keyspace: string): Pick<MapFlow, 'to' | 'keyspace'> {
  return { to: keyspace === source ? 'source' : keyspace === target ? 'target' : 'elsewhere', keyspace };
}

function refusal(shards: readonly LoadedShard[], tables: readonly string[]): Pick<MapFlow, 'refused' | 'isAllRefused'> {
  const denies = ({ denials }: LoadedShard, table: string): boolean => denials.of(table) !== undefined;
  const refused = tables.filter((table) => shards.some((shard) => denies(shard, table)));
  const isAllRefused = refused.length > 0 && shards.every((shard) => tables.every((table) => denies(shard, table)));
  return { refused, isAllRefused };
}

/** Shards of a partial move that go the same way are one flow. */
function shardFlows(snapshot: Snapshot, move: Move, reading: Reading<ShardRoutingRules>): readonly MapFlow[] {
  if (reading.status === 'failed') return [{ types: [], to: 'not-checked', of: [], ...accepted }];
  const between = new Set([move.source, move.target]);
  const rules = (loadedValue(reading)?.rules ?? []).filter(
    ({ fromKeyspace: from, toKeyspace: to }) => from !== to && between.has(from) && between.has(to),
  );
  if (rules.length === 0) return [{ types: [], to: 'no-rule', of: [], ...accepted }];
  return [...groupBy(rules, ({ toKeyspace }) => toKeyspace)].map(([keyspace, same]) => {
    const shards = same.map(({ shard }) => shard);
    const named = loadedShards(snapshot.keyspaces.get(keyspace)).filter(({ name }) => shards.includes(name));
    return { types: [], ...destination(move, keyspace), of: shards, ...refusal(named, move.tables) };
  });
}

/** A multi-tenant move's tenants, by tablet type. */
function tenantFlows(move: Move, reading: Reading<KeyspaceRoutingRules>): readonly MapFlow[] {
  if (reading.status === 'failed') return [{ types: [...tabletTypes], to: 'not-checked', of: [], ...accepted }];
  const rules = loadedValue(reading)?.rules ?? [];
  const to = (from: string): string | undefined =>
    rules.findLast(({ fromKeyspace }) => fromKeyspace === from)?.toKeyspace;
  const byPlace = groupBy(tabletTypes, (type) =>
    type === 'primary' ? to(move.source) : (to(`${move.source}@${type}`) ?? to(move.source)),
  );
  return [...byPlace].map(([keyspace, types]) =>
    keyspace === undefined
      ? { types, to: 'no-rule', of: [], ...accepted }
      : { types, ...destination(move, keyspace), of: [], ...accepted },
  );
}
