/** For each table of each move: which shards serve it by the rules, which must deny it, and what they do. */
import type { Move } from '../model/move.ts';
import { groupBy } from '../model/groupBy.ts';
import { globalRecord, type Place } from '../model/record.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { missingDenialPath } from './deniedTables.ts';
import { allShardsLoaded, servingShards, type LoadedShard } from './keyspaceFacts.ts';
import { queriedShards, ShardRoutes } from './partialMoves.ts';
import type { RoutingTable } from './routing.ts';
import { servingKeyspace } from './tableMoves.ts';

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
  /** True where they may: a partial move does not deny on its target before the shard has switched. */
  readonly mayBeOpen: boolean;
  /** False when a shard record of either side could not be read. */
  readonly complete: boolean;
}

/** What the sides are told from. */
interface RoutedMoves {
  readonly snapshot: Snapshot;
  readonly routing: RoutingTable;
  readonly moves: readonly Move[];
}

/** The sides of every table that denied tables guard; multi-tenant moves have none. */
export function tableSides(input: RoutedMoves): TableSides[] {
  return input.moves.flatMap((move) => {
    if (move.kind === 'standard') return standardSides(input, move);
    return move.kind === 'partial' ? partialSides(input.snapshot, move) : [];
  });
}

function standardSides({ snapshot, routing }: RoutedMoves, move: Move): TableSides[] {
  if (mayBePartial(snapshot, move)) return [];
  return move.tables.flatMap((table) => {
    const serving = servingKeyspace(routing, table, move.source, move.target);
    return serving === undefined ? [] : sidesServedBy(snapshot, move, table, serving);
  });
}

/** The sides of one table of a standard move if `serving`, one of its keyspaces, is to serve it. */
export function sidesServedBy(snapshot: Snapshot, move: Move, table: string, serving: string): TableSides[] {
  const other = serving === move.source ? move.target : move.source;
  const servingRecords = snapshot.keyspaces.get(serving);
  const otherRecords = snapshot.keyspaces.get(other);
  // Rules that lead to a keyspace without records are told by dangling-rule.
  if (servingRecords === undefined || otherRecords === undefined) return [];
  const complete = allShardsLoaded(servingRecords) && allShardsLoaded(otherRecords);
  const shards = { servingShards: queriedShards(snapshot, serving), otherShards: servingShards(otherRecords) };
  return [sidesOf({ move, table, serving, other, ...shards, mayBeOpen: false, complete })];
}

/** Without ShardRoutingRules a move between keyspaces with the same shards may be partial: then nothing can be said of its sides. */
export function mayBePartial(snapshot: Snapshot, { source, target }: Move): boolean {
  if (snapshot.shardRoutingRules.status !== 'failed') return false;
  const ranged = (snapshot.keyspaces.get(source)?.shards ?? []).filter(({ name }) => name.includes('-'));
  const others = snapshot.keyspaces.get(target)?.shards ?? [];
  return ranged.some(({ name }) => name !== '-' && others.some((other) => other.name === name));
}

/** A partial move is switched shard by shard. */
function partialSides(snapshot: Snapshot, move: Move): TableSides[] {
  return new ShardRoutes(snapshot).between(move.source, move.target).flatMap((rule) => {
    const { toKeyspace: serving, fromKeyspace: other, shard: name } = rule;
    const named = (keyspace: string): LoadedShard[] =>
      servingShards(snapshot.keyspaces.get(keyspace)).filter((shard) => shard.name === name);
    const shards = { servingShards: named(serving), otherShards: named(other) };
    const complete = shards.servingShards.length > 0 && shards.otherShards.length > 0;
    const mayBeOpen = serving === move.source;
    return move.tables.map((table) => sidesOf({ move, table, serving, other, ...shards, mayBeOpen, complete }));
  });
}

function sidesOf(sides: Omit<TableSides, 'denied' | 'open'>): TableSides {
  const { table } = sides;
  return {
    ...sides,
    denied: sides.servingShards.filter(({ denials }) => denials.of(table) !== undefined),
    open: sides.otherShards.filter(({ denials }) => denials.of(table) === undefined),
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
  return [...groupBy(entries, keyOf).values()].flatMap((group) => {
    const [first] = group;
    const tables = [...new Set(group.map(({ table }) => table))].sort();
    return first === undefined ? [] : [{ first, tables }];
  });
}

/** The places where a shard denies these tables. */
export function denialPlaces({ record, denials }: LoadedShard, tables: readonly string[], message?: string): Place[] {
  return tables.flatMap((table) => {
    const denial = denials.of(table);
    return denial === undefined ? [] : [{ record, path: denial.path, ...(message === undefined ? {} : { message }) }];
  });
}

/** Where a shard should deny tables and does not. */
export function openPlace({ record, shard }: LoadedShard, message?: string): Place {
  return { record, path: missingDenialPath(shard), ...(message === undefined ? {} : { message }) };
}

/** The primary rules of these tables, as the evidence of which side serves. */
export function rulePlaces({ routing }: Pick<RoutedMoves, 'routing'>, tables: readonly string[]): Place[] {
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
