/**
 * Moves by tables, told from the records: which two keyspaces the rules of a
 * table link, and which of them the table comes from.
 */
import { lockTarget } from '../model/lock.ts';
import { isReverseWorkflow } from '../model/workflow.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { cannotRoute, deniesAnywhere, isSharded } from './keyspaceFacts.ts';
import { routedKeyspace, type RoutingRuleEntry, type RoutingTable } from './routing.ts';

/** One table between two keyspaces. `serving` is where its primary rule sends it. */
export interface TablePair {
  readonly table: string;
  readonly serving: string;
  readonly other: string;
}

/**
 * Which of two keyspaces serves a table's primary traffic by the rules: the one
 * that the rule without a keyspace names, else the one that the qualified names
 * agree on. Undefined when the rules name neither, or both, or when they lead
 * out of the two: a second move of the same table was switched and serves it.
 */
export function servingKeyspace(routing: RoutingTable, table: string, a: string, b: string): string | undefined {
  const [bare, ...own] = [undefined, a, b].map((name) => routedKeyspace(routing.resolve(name, table, 'primary')));
  if (bare === a || bare === b) return bare;
  if (bare !== undefined && own.includes(bare)) return undefined;
  const sides = new Set(own.filter((keyspace) => keyspace === a || keyspace === b));
  return sides.size === 1 ? [...sides][0] : undefined;
}

/** The pairs of keyspaces that a table is moving between: one, or more where rules of other moves name the same table. */
export function tablePairs(snapshot: Snapshot, routing: RoutingTable, table: string): TablePair[] {
  return linkedKeyspaces(snapshot, routing.rulesOf(table)).flatMap(([a, b]) => {
    const serving = servingKeyspace(routing, table, a, b);
    if (serving === undefined) return [];
    const other = serving === a ? b : a;
    return isMove(snapshot, routing, { table, serving, other }) ? [{ table, serving, other }] : [];
  });
}

/**
 * Pairs of keyspaces that a rule links by routing one's name of the table to the
 * other, in name order. Only where there is none do rules link by what they
 * name: every move of a table of that name writes the ones without a keyspace.
 * What rules that lead to a keyspace without records do is told by dangling-rule.
 */
function linkedKeyspaces({ keyspaces }: Snapshot, rules: readonly RoutingRuleEntry[]): [string, string][] {
  const links = new Map<string, [string, string]>();
  const link = (a: string | undefined, b: string | undefined): void => {
    if (a === undefined || b === undefined || a === b) return;
    const pair: [string, string] = a < b ? [a, b] : [b, a];
    links.set(JSON.stringify(pair), pair);
  };
  const known = rules.filter((rule) =>
    [rule.from.keyspace, routedKeyspace(rule)].every((keyspace) => keyspace === undefined || keyspaces.has(keyspace)),
  );
  for (const rule of known) link(rule.from.keyspace, routedKeyspace(rule));
  const bare = known.find(({ from }) => from.keyspace === undefined && from.type === 'primary');
  if (links.size === 0) for (const rule of known) link(routedKeyspace(bare), routedKeyspace(rule));
  return [...links.keys()]
    .sort()
    .map((key) => links.get(key))
    .filter((pair) => pair !== undefined);
}

function isMove(snapshot: Snapshot, routing: RoutingTable, { table, serving, other }: TablePair): boolean {
  if (deniesAnywhere(snapshot, other, table) || deniesAnywhere(snapshot, serving, table)) return true;
  // Completed with --keep-routing-rules: the source no longer has the table.
  if (cannotRoute(snapshot.keyspaces.get(other), table)) return false;
  // Without a denied table only all of a MoveTables' rules tell a move from a redirect that an operator wrote.
  const between = routing.rulesOf(table).filter((rule) => {
    const to = routedKeyspace(rule);
    return (to === serving || to === other) && [undefined, serving, other].includes(rule.from.keyspace);
  });
  const redirects = between.some(
    (rule) =>
      rule.from.type === 'primary' && rule.from.keyspace !== undefined && rule.from.keyspace !== routedKeyspace(rule),
  );
  return redirects && between.some(({ from }) => from.type !== 'primary');
}

/** Where a table comes from and goes to, from the best evidence the records hold. */
export function inferDirection(
  snapshot: Snapshot,
  routing: RoutingTable,
  { table, serving, other }: TablePair,
): { source: string; target: string } {
  // Created and not switched yet: the source's own rule is still there. A switch deletes the rule of the side it leaves.
  const own = routing.get(`${serving}.${table}`);
  if (own !== undefined && routedKeyspace(own) === serving && routing.get(`${other}.${table}`) !== undefined) {
    return { source: serving, target: other };
  }
  const locked = targetByLock(snapshot, serving, other);
  if (locked !== undefined) return { source: locked === serving ? other : serving, target: locked };
  const shardedServing = isSharded(snapshot.keyspaces.get(serving));
  const shardedOther = isSharded(snapshot.keyspaces.get(other));
  // Moves mostly go from an unsharded keyspace to a sharded one.
  if (shardedServing === false && shardedOther === true) return { source: serving, target: other };
  return { source: other, target: serving };
}

/** The target that a workflow's named lock tells; a reverse workflow's lock is under the source keyspace. */
function targetByLock(snapshot: Snapshot, a: string, b: string): string | undefined {
  for (const lock of snapshot.locks) {
    const target = lockTarget(lock.lockedPath);
    if (target.kind !== 'workflow' || (target.keyspace !== a && target.keyspace !== b)) continue;
    const partner = target.keyspace === a ? b : a;
    return isReverseWorkflow(target.workflow) ? partner : target.keyspace;
  }
  return undefined;
}
