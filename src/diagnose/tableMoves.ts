/**
 * Moves by tables, told from the records: which two keyspaces the rules of a
 * table name, and which of them the table comes from.
 */
import { lockTarget } from '../model/lock.ts';
import { isReverseWorkflow, partnerWorkflowName, qualifiedWorkflow, type Workflow } from '../model/workflow.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { cannotRoute, deniesAnywhere, isSharded } from './keyspaceFacts.ts';
import { routedKeyspace, type RoutingTable } from './routing.ts';

/** One table between two keyspaces. `serving` is where its primary rule sends it. */
export interface TablePair {
  readonly table: string;
  readonly serving: string;
  readonly other: string;
}

/** The keyspace that serves a table's primary traffic by the rules; undefined when no primary rule names one. */
export function primaryKeyspace(routing: RoutingTable, table: string): string | undefined {
  const plain = routedKeyspace(routing.resolve(undefined, table, 'primary'));
  if (plain !== undefined) return plain;
  const qualified = routing.rulesOf(table).filter(({ from }) => from.type === 'primary');
  return qualified.map(routedKeyspace).find((keyspace) => keyspace !== undefined);
}

/** The pairs of keyspaces that a table is moving between: one, or more where rules of earlier moves were kept. */
export function tablePairs(snapshot: Snapshot, routing: RoutingTable, table: string): TablePair[] {
  const serving = primaryKeyspace(routing, table);
  if (serving === undefined) return [];
  const rules = routing.rulesOf(table);
  const named = new Set<string>();
  for (const rule of rules) {
    if (rule.from.keyspace !== undefined) named.add(rule.from.keyspace);
    const to = routedKeyspace(rule);
    if (to !== undefined) named.add(to);
  }
  named.delete(serving);
  // A single redirect that an operator wrote is no move: MoveTables writes rules for replica and rdonly too.
  const hasReadRules = rules.some(({ from }) => from.type !== 'primary');
  return [...named].sort().flatMap((other) => {
    if (!snapshot.keyspaces.has(other)) return [];
    const denied = deniesAnywhere(snapshot, other, table) || deniesAnywhere(snapshot, serving, table);
    // Completed with --keep-routing-rules: the source no longer has the table.
    const gone = !denied && cannotRoute(snapshot.keyspaces.get(other), table);
    return (hasReadRules || denied) && !gone ? [{ table, serving, other }] : [];
  });
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

/** A known workflow pair seen as a move: the forward workflow's source and target. */
export interface WorkflowPair {
  readonly source: string;
  readonly target: string;
  readonly tables: readonly string[] | undefined;
  readonly names: readonly string[];
}

/** Joins forward and reverse workflows; a workflow whose source no dump tells is left out. */
export function workflowPairs(workflows: readonly Workflow[]): WorkflowPair[] {
  const pairs = new Map<string, WorkflowPair>();
  const ordered = [...workflows].sort((a, b) => Number(isReverseWorkflow(a.name)) - Number(isReverseWorkflow(b.name)));
  for (const workflow of ordered) {
    if (workflow.source === undefined || (workflow.type !== undefined && workflow.type !== 'MoveTables')) continue;
    const reverse = isReverseWorkflow(workflow.name);
    const forwardName = reverse ? partnerWorkflowName(workflow.name) : workflow.name;
    const source = reverse ? workflow.keyspace : workflow.source;
    const target = reverse ? workflow.source : workflow.keyspace;
    const key = JSON.stringify([source, target, forwardName]);
    const known = pairs.get(key);
    pairs.set(key, {
      source,
      target,
      tables: known?.tables ?? workflow.tables,
      names: [...(known?.names ?? []), qualifiedWorkflow(workflow)],
    });
  }
  return [...pairs.values()];
}
