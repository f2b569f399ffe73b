/** For each table of each move: which shards serve it by the rules, which must deny it, and what they do. */
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, type Place } from '../model/record.ts';
import { denialOf, missingDenialPath } from './deniedTables.ts';
import { allShardsLoaded, servingShards, type LoadedShard } from './keyspaceFacts.ts';
import type { DiagnosisInput } from './rule.ts';
import { primaryKeyspace } from './tableMoves.ts';

export interface TableSides {
  readonly move: Move;
  readonly table: string;
  /** The keyspace that the rules send primary traffic to. */
  readonly serving: string;
  readonly other: string;
  readonly servingShards: readonly LoadedShard[];
  readonly otherShards: readonly LoadedShard[];
  /** Serving shards that deny the table: its primary traffic fails there. */
  readonly denied: readonly LoadedShard[];
  /** Shards of the other side that accept the table. */
  readonly open: readonly LoadedShard[];
  /** False when a shard record of either side could not be read. */
  readonly complete: boolean;
}

/** The sides of every table that denied tables guard; multi-tenant moves have none. */
export function tableSides(input: DiagnosisInput): TableSides[] {
  return input.moves.flatMap((move) => {
    if (move.kind === 'standard') return standardSides(input, move);
    return move.kind === 'partial' ? partialSides(input, move) : [];
  });
}

function standardSides({ snapshot, routing }: DiagnosisInput, move: Move): TableSides[] {
  return move.tables.flatMap((table) => {
    const serving = primaryKeyspace(routing, table);
    if (serving !== move.source && serving !== move.target) return [];
    const other = serving === move.source ? move.target : move.source;
    const servingRecords = snapshot.keyspaces.get(serving);
    const otherRecords = snapshot.keyspaces.get(other);
    const complete = allShardsLoaded(servingRecords) && allShardsLoaded(otherRecords);
    const shards = { servingShards: servingShards(servingRecords), otherShards: servingShards(otherRecords) };
    return [sidesOf({ move, table, serving, other, ...shards, complete })];
  });
}

/**
 * A partial move is switched shard by shard. Vitess does not deny on the target
 * when it creates one, so an open target is no contradiction before its shard
 * has switched.
 */
function partialSides({ snapshot }: DiagnosisInput, move: Move): TableSides[] {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  return move.shards.flatMap((name) => {
    const rule = rules.find(
      ({ shard, fromKeyspace, toKeyspace }) =>
        shard === name &&
        [fromKeyspace, toKeyspace].includes(move.source) &&
        [fromKeyspace, toKeyspace].includes(move.target),
    );
    if (rule === undefined) return [];
    const serving = rule.toKeyspace;
    const other = rule.fromKeyspace;
    const named = (keyspace: string): LoadedShard[] =>
      servingShards(snapshot.keyspaces.get(keyspace)).filter((shard) => shard.name === name);
    const servingNamed = named(serving);
    const otherNamed = named(other);
    const complete = servingNamed.length > 0 && otherNamed.length > 0;
    return move.tables.map((table) => {
      const sides = sidesOf({
        move,
        table,
        serving,
        other,
        servingShards: servingNamed,
        otherShards: otherNamed,
        complete,
      });
      return serving === move.source ? { ...sides, open: [] } : sides;
    });
  });
}

function sidesOf(sides: Omit<TableSides, 'denied' | 'open'>): TableSides {
  const { table } = sides;
  return {
    ...sides,
    denied: sides.servingShards.filter(({ shard }) => denialOf(shard, table) !== undefined),
    open: sides.otherShards.filter(({ shard }) => denialOf(shard, table) === undefined),
  };
}

/** True when every shard of both sides denies what it should not and should: nobody accepts the table on those shards. */
export function deniedOnBothSides({ denied, open, otherShards, complete }: TableSides): boolean {
  return complete && denied.length > 0 && open.length === 0 && otherShards.length > 0;
}

/** Groups tables that show the same thing, so that one finding names them all; tables come out sorted. */
export function groupTables<T extends { readonly table: string }>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
): { readonly first: T; readonly tables: readonly string[] }[] {
  const groups = new Map<string, { first: T; tables: string[] }>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: entry, tables: [entry.table] });
    else if (!group.tables.includes(entry.table)) group.tables.push(entry.table);
  }
  return [...groups.values()].map(({ first, tables }) => ({ first, tables: tables.sort() }));
}

/** The places where a shard denies these tables. */
export function denialPlaces({ record, shard }: LoadedShard, tables: readonly string[], message?: string): Place[] {
  return tables.flatMap((table) => {
    const denial = denialOf(shard, table);
    return denial === undefined ? [] : [{ record, path: denial.path, ...(message === undefined ? {} : { message }) }];
  });
}

/** Where a shard should deny tables and does not. */
export function openPlace({ record, shard }: LoadedShard, message?: string): Place {
  return { record, path: missingDenialPath(shard), ...(message === undefined ? {} : { message }) };
}

/** The primary rules of these tables, as the evidence of which side serves. */
export function rulePlaces({ routing }: DiagnosisInput, tables: readonly string[]): Place[] {
  return tables.flatMap((table) => {
    const rule = routing.resolve(undefined, table, 'primary') ?? routing.rulesOf(table).find(isPrimaryRule);
    if (rule === undefined) return [];
    const message = `${rule.fromTable} is routed to ${rule.toTables.join(', ')}`;
    return [{ record: globalRecord.routingRules, path: ['rules', rule.index], message }];
  });
}

function isPrimaryRule({ from }: { readonly from: { readonly type: string } }): boolean {
  return from.type === 'primary';
}
