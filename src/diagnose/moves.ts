/** All moves of a snapshot: by tables, by shards (partial), and by keyspace (multi-tenant). */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import { remember } from '../model/remember.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { findMultiTenantMoves } from './multiTenantMoves.ts';
import { ShardRoutes } from './partialMoves.ts';
import { mirroredTables } from './mirroring.ts';
import { parseRuleName, type RoutingRuleEntry, type RoutingTable } from './routing.ts';
import { inferDirection, tablePairs } from './tableMoves.ts';
import { KnownWorkflows, workflowPairs, type WorkflowPair } from './workflowPairs.ts';

/** Finds the moves, in the order of their ids. Where RoutingRules could not be read there are no moves by tables to be told from it. */
export function findMoves(snapshot: Snapshot, routing: RoutingTable): Move[] {
  const pairs = workflowPairs(snapshot.workflows.workflows);
  const known = new KnownWorkflows(pairs);
  const routes = new ShardRoutes(snapshot);
  const byTables = tableMoves(snapshot, routing, known, routes);
  const moves = [...byTables, ...routes.movesBeside(byTables, known), ...findMultiTenantMoves(snapshot, known)];
  return [...moves, ...movesWithoutRules(moves, pairs)].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

interface Group {
  readonly source: string;
  readonly target: string;
  readonly known: WorkflowPair | undefined;
  readonly table: string;
}

function tableMoves(snapshot: Snapshot, routing: RoutingTable, known: KnownWorkflows, routes: ShardRoutes): Move[] {
  const mirrored = mirroredTables(snapshot);
  const entries = routing
    .tables()
    .flatMap((table) => tablePairs(snapshot, routing, table))
    .map((pair) => {
      const workflow = known.of(pair.table, pair.serving, pair.other);
      const { source, target } = workflow ?? inferDirection(snapshot, routing, pair);
      const key = JSON.stringify([source, target, workflow?.names ?? routeSignature(routing.rulesOf(pair.table))]);
      return { key, group: { source, target, known: workflow, table: pair.table } };
    });
  return [...groupBy(entries, ({ key }) => key).values()].map((same) =>
    tableMove(
      same.map(({ group }) => group),
      { known, routes, mirrored },
    ),
  );
}

interface MoveContext {
  readonly known: KnownWorkflows;
  readonly routes: ShardRoutes;
  readonly mirrored: ReturnType<typeof mirroredTables>;
}

function tableMove(groups: readonly Group[], { known, routes, mirrored }: MoveContext): Move {
  const { source = '', target = '', known: workflow } = groups[0] ?? {};
  const routed = groups.map(({ table }) => table);
  const tables = workflow?.tables ?? routed;
  const shards = routes.between(source, target).map(({ shard }) => shard);
  // Each shard of a partial move is switched by a workflow of its own.
  const workflows = shards.length > 0 ? known.between(source, target) : workflow === undefined ? [] : [workflow];
  return {
    id: workflow?.names[0] ?? `${source}→${target}:${routed[0] ?? ''}`,
    kind: shards.length > 0 ? 'partial' : 'standard',
    source,
    target,
    tables,
    direction: workflow === undefined ? 'inferred' : 'known',
    workflows: workflows.flatMap(({ names }) => names),
    shards,
    mirrored: tables.some((table) => mirrored.has({ source, target, table })),
  };
}

/** Tables of one move are switched together: tables that are routed differently are of different moves. */
const routeSignature = remember((rules: readonly RoutingRuleEntry[]): readonly string[] =>
  rules
    .map(({ from, toTables }) => {
      const to = toTables.map((name) => parseRuleName(name).keyspace ?? '').join('|');
      return `${from.keyspace ?? ''}@${from.type}>${to}`;
    })
    .sort(),
);

/** Known workflows that no rule is about: created with --no-routing-rules, or the rules are gone. */
function movesWithoutRules(moves: readonly Move[], pairs: readonly WorkflowPair[]): Move[] {
  const named = new Set(moves.flatMap(({ workflows }) => workflows));
  return pairs
    .filter(({ names }) => !names.some((name) => named.has(name)))
    .map(({ names, source, target, tables }) => ({
      id: names[0] ?? '',
      kind: 'standard',
      source,
      target,
      tables: tables ?? [],
      direction: 'known',
      workflows: names,
      shards: [],
      mirrored: false,
    }));
}
