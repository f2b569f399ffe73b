/** All moves of a snapshot: by tables, by shards (partial), and by keyspace (multi-tenant). */
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { isPattern, primaryDenials } from './deniedTables.ts';
import { loadedShards } from './keyspaceFacts.ts';
import { parseRuleName, type RoutingTable } from './routing.ts';
import { inferDirection, tablePairs, workflowPairs, type TablePair, type WorkflowPair } from './tableMoves.ts';

/** Finds the moves. Where RoutingRules could not be read there are no moves by tables to be told from it. */
export function findMoves(snapshot: Snapshot, routing: RoutingTable): Move[] {
  const known = workflowPairs(snapshot.workflows.workflows);
  const byTables = tableMoves(snapshot, routing, known);
  const moves = [...byTables, ...shardMoves(snapshot, byTables, known), ...multiTenantMoves(snapshot, known)];
  return moves.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

interface Group {
  readonly source: string;
  readonly target: string;
  readonly known: WorkflowPair | undefined;
  readonly tables: string[];
}

function tableMoves(snapshot: Snapshot, routing: RoutingTable, known: readonly WorkflowPair[]): Move[] {
  const groups = new Map<string, Group>();
  for (const table of routing.tables()) {
    for (const pair of tablePairs(snapshot, routing, table)) {
      const workflow = workflowOf(known, pair);
      const { source, target } = workflow ?? inferDirection(snapshot, routing, pair);
      const key = JSON.stringify([source, target, workflow?.names ?? routeSignature(routing, pair)]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { source, target, known: workflow, tables: [table] });
      else group.tables.push(table);
    }
  }
  return [...groups.values()].map((group) => tableMove(snapshot, group));
}

function tableMove(snapshot: Snapshot, { source, target, known, tables }: Group): Move {
  const shards = partialShards(snapshot, source, target);
  const ordered = known?.tables?.filter((table) => tables.includes(table)) ?? tables;
  return {
    id: known?.names[0] ?? `${source}→${target}:${tables[0] ?? ''}`,
    kind: shards.length > 0 ? 'partial' : 'standard',
    source,
    target,
    tables: ordered,
    direction: known === undefined ? 'inferred' : 'known',
    workflows: known?.names ?? [],
    shards,
    mirrored: isMirrored(snapshot, source, target, tables),
  };
}

/**
 * The workflow that a table belongs to: one that lists it, or the only one
 * between the two keyspaces when its tables are not known.
 */
function workflowOf(known: readonly WorkflowPair[], { table, serving, other }: TablePair): WorkflowPair | undefined {
  const between = known.filter(
    ({ source, target }) => (source === serving && target === other) || (source === other && target === serving),
  );
  const listing = between.find(({ tables }) => tables?.includes(table));
  if (listing !== undefined) return listing;
  const unlisted = between.filter(({ tables }) => tables === undefined);
  return unlisted.length === 1 && between.length === 1 ? unlisted[0] : undefined;
}

/** Tables of one move are switched together: tables that are routed differently are of different moves. */
function routeSignature(routing: RoutingTable, { table }: TablePair): string[] {
  return routing
    .rulesOf(table)
    .map(({ from, toTables }) => {
      const to = toTables.map((name) => parseRuleName(name).keyspace ?? '').join('|');
      return `${from.keyspace ?? ''}@${from.type}>${to}`;
    })
    .sort();
}

function partialShards(snapshot: Snapshot, source: string, target: string): string[] {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  return rules
    .filter(
      ({ fromKeyspace, toKeyspace }) =>
        (fromKeyspace === source && toKeyspace === target) || (fromKeyspace === target && toKeyspace === source),
    )
    .map(({ shard }) => shard);
}

/** Partial moves that ShardRoutingRules show and no table rules name; their tables are those that are denied so far. */
function shardMoves(snapshot: Snapshot, byTables: readonly Move[], known: readonly WorkflowPair[]): Move[] {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  const isBetween = (pair: { source: string; target: string }, a: string, b: string): boolean =>
    (pair.source === a && pair.target === b) || (pair.source === b && pair.target === a);
  const moves: Move[] = [];
  for (const { fromKeyspace: from, toKeyspace: to } of rules) {
    if (from === to || [...byTables, ...moves].some((move) => isBetween(move, from, to))) continue;
    const workflow = known.find((pair) => isBetween(pair, from, to));
    // A created move sends every shard of its target to its source; nothing else in the records tells the direction.
    const { source, target } = workflow ?? { source: to, target: from };
    const shards = partialShards(snapshot, source, target);
    const tables = workflow?.tables ?? deniedOnShards(snapshot, [source, target], shards);
    moves.push({
      id: workflow?.names[0] ?? `${source}→${target}`,
      kind: 'partial',
      source,
      target,
      tables,
      direction: workflow === undefined ? 'inferred' : 'known',
      workflows: workflow?.names ?? [],
      shards,
      mirrored: false,
    });
  }
  return moves;
}

function deniedOnShards(snapshot: Snapshot, keyspaces: readonly string[], shards: readonly string[]): string[] {
  const tables = keyspaces
    .flatMap((keyspace) => loadedShards(snapshot.keyspaces.get(keyspace)))
    .filter(({ name }) => shards.includes(name))
    .flatMap(({ shard }) => primaryDenials(shard))
    .map(({ entry }) => entry)
    .filter((entry) => !isPattern(entry));
  return [...new Set(tables)].sort();
}

function isMirrored(snapshot: Snapshot, source: string, target: string, tables: readonly string[]): boolean {
  const rules = loadedValue(snapshot.mirrorRules)?.rules ?? [];
  return rules.some(({ fromTable, toTable }) => {
    const from = parseRuleName(fromTable);
    return from.keyspace === source && tables.includes(from.table) && parseRuleName(toTable).keyspace === target;
  });
}

function multiTenantMoves(snapshot: Snapshot, known: readonly WorkflowPair[]): Move[] {
  const rules = loadedValue(snapshot.keyspaceRoutingRules)?.rules ?? [];
  const sources = [...new Set(rules.map(({ fromKeyspace }) => parseKeyspaceRule(fromKeyspace)))].sort();
  return sources.flatMap((source): Move[] => {
    const targets = rules
      .filter(({ fromKeyspace }) => parseKeyspaceRule(fromKeyspace) === source)
      .map(({ toKeyspace }) => toKeyspace)
      .filter((keyspace) => keyspace !== source);
    const target = targets[0] ?? onlyMultiTenantKeyspace(snapshot, source);
    if (target === undefined) return [];
    const workflow = known.find((pair) => pair.source === source && pair.target === target);
    return [
      {
        id: workflow?.names[0] ?? `${source}→${target}`,
        kind: 'multi-tenant',
        source,
        target,
        tables: [],
        direction: workflow === undefined ? 'inferred' : 'known',
        workflows: workflow?.names ?? [],
        shards: [],
        mirrored: false,
      },
    ];
  });
}

/** The keyspace of a keyspace routing rule, which may carry a tablet type: `commerce@replica`. */
function parseKeyspaceRule(name: string): string {
  return name.split('@')[0] ?? name;
}

/** Before anything is switched the rules name the source only; the target is the keyspace with a multi-tenant VSchema. */
function onlyMultiTenantKeyspace(snapshot: Snapshot, source: string): string | undefined {
  const candidates = [...snapshot.keyspaces.values()].filter(
    ({ name, vschema }) => name !== source && loadedValue(vschema)?.multiTenantSpec !== undefined,
  );
  return candidates.length === 1 ? candidates[0]?.name : undefined;
}
