/** The traffic state of a move in Vitess's words: what its own status would print. */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { partialTrafficStateWords, trafficStateWords, type SwitchedCells } from '../model/trafficState.ts';
import { listWords } from '../model/words.ts';
import type { KeyspaceRoutingRules } from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import type { DiagnosisInput } from './rule.ts';
import { parseRuleName, type RoutingTable } from './routing.ts';
import { mayBePartial } from './sides.ts';

/**
 * What Vitess's own status would say of a move, word for word. When a record it
 * rests on could not be read: `Not checked: …` with the records' names.
 */
export function trafficState(input: DiagnosisInput, move: Move): string {
  switch (move.kind) {
    case 'partial':
      return partialState(input.snapshot, move);
    case 'multi-tenant':
      return multiTenantState(input.snapshot, move);
    case 'standard':
      return standardState(input, move);
  }
}

function standardState({ snapshot, routing, cellRouting }: DiagnosisInput, move: Move): string {
  const unread = snapshot.cells.filter(({ srvVSchema }) => srvVSchema.status === 'failed').map(({ name }) => name);
  if (unread.length > 0) return notChecked(`the SrvVSchema of ${listWords(unread)} could not be read`);
  if (snapshot.routingRules.status === 'failed') return notChecked('RoutingRules could not be read');
  if (mayBePartial(snapshot, move)) return notChecked('ShardRoutingRules could not be read');
  if (
    snapshot.keyspaceRoutingRules.status === 'failed' &&
    move.tables.every((table) => routing.rulesOf(table).length === 0)
  ) {
    return notChecked('KeyspaceRoutingRules could not be read');
  }
  // Vitess judges the reads by the workflow's first table only.
  const [first] = move.tables;
  if (first === undefined) return notChecked('the tables of the workflow are not known');
  const cells = (type: 'replica' | 'rdonly'): SwitchedCells => {
    const bySwitched = groupBy(cellRouting, ([, rules]) => readsSwitched(rules, move.source, first, type));
    const names = (switched: boolean): string[] => (bySwitched.get(switched) ?? []).map(([name]) => name);
    return { switched: names(true), notSwitched: names(false) };
  };
  const writesSwitched = move.tables.some((table) => {
    const name = `${move.source}.${table}`;
    const to = routing.get(name)?.toTables[0];
    return to !== undefined && to !== name;
  });
  return trafficStateWords(cells('replica'), cells('rdonly'), writesSwitched);
}

function readsSwitched(rules: RoutingTable, source: string, table: string, type: 'replica' | 'rdonly'): boolean {
  // Vitess looks at the first rule of the name here.
  const name = `${source}.${table}@${type}`;
  const rule = rules.duplicates.get(name)?.[0] ?? rules.get(name);
  return rule?.toTables.some((to) => parseRuleName(to).keyspace !== source) ?? false;
}

/** Vitess counts every rule that leads to one of the two keyspaces, wherever it comes from. */
function partialState(snapshot: Snapshot, { source, target }: Move): string {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  const shardsTo = (keyspace: string): string[] =>
    rules.filter(({ toKeyspace }) => toKeyspace === keyspace).map(({ shard }) => shard);
  return partialTrafficStateWords(shardsTo(target), shardsTo(source));
}

function multiTenantState(snapshot: Snapshot, { source, target }: Move): string {
  const rules = loadedValue(snapshot.keyspaceRoutingRules);
  const cells = snapshot.cells.map(({ name }) => name);
  const byType = (type: string): SwitchedCells =>
    keyspaceRule(rules, `${source}@${type}`) === target
      ? { switched: cells, notSwitched: [] }
      : { switched: [], notSwitched: cells };
  return trafficStateWords(byType('replica'), byType('rdonly'), keyspaceRule(rules, source) === target);
}

function keyspaceRule(rules: KeyspaceRoutingRules | undefined, from: string): string | undefined {
  return rules?.rules.findLast(({ fromKeyspace }) => fromKeyspace === from)?.toKeyspace;
}

function notChecked(reason: string): string {
  return `Not checked: ${reason}`;
}
