/** The traffic state of a move in Vitess's words, and the matrix that those words summarise. */
import { tabletTypes, type Move, type TrafficCell } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { partialTrafficStateWords, trafficStateWords, type SwitchedCells } from '../model/trafficState.ts';
import { listWords } from '../model/words.ts';
import type { KeyspaceRoutingRules } from '../records/gen/vschema_pb.js';
import type { CellRecords, Snapshot } from '../records/snapshot.ts';
import { parseRuleName, RoutingTable, routedKeyspace } from './routing.ts';

/**
 * What Vitess's own status would say of a move, word for word. When a record it
 * rests on could not be read: `Not checked: …` with the records' names.
 */
export function trafficState(snapshot: Snapshot, routing: RoutingTable, move: Move): string {
  switch (move.kind) {
    case 'partial':
      return partialState(snapshot, move);
    case 'multi-tenant':
      return multiTenantState(snapshot, move);
    case 'standard':
      return standardState(snapshot, routing, move);
  }
}

function standardState(snapshot: Snapshot, routing: RoutingTable, move: Move): string {
  const unread = snapshot.cells.filter(({ srvVSchema }) => srvVSchema.status === 'failed').map(({ name }) => name);
  if (unread.length > 0) return notChecked(`the SrvVSchema of ${listWords(unread)} could not be read`);
  // Vitess judges the reads by the workflow's first table only.
  const first = move.tables[0] ?? '';
  const cells = (type: 'replica' | 'rdonly'): SwitchedCells => ({
    switched: snapshot.cells.filter((cell) => readsSwitched(cell, move.source, first, type)).map(({ name }) => name),
    notSwitched: snapshot.cells
      .filter((cell) => !readsSwitched(cell, move.source, first, type))
      .map(({ name }) => name),
  });
  const writesSwitched = move.tables.some((table) => {
    const rule = routing.get(`${move.source}.${table}`);
    return rule !== undefined && rule.toTables[0] !== `${move.source}.${table}`;
  });
  return trafficStateWords(cells('replica'), cells('rdonly'), writesSwitched);
}

function readsSwitched(cell: CellRecords, source: string, table: string, type: 'replica' | 'rdonly'): boolean {
  const rules = loadedValue(cell.srvVSchema)?.routingRules?.rules ?? [];
  const rule = rules.find(({ fromTable }) => fromTable === `${source}.${table}@${type}`);
  return rule?.toTables.some((to) => parseRuleName(to).keyspace !== source) ?? false;
}

function partialState(snapshot: Snapshot, { source, target }: Move): string {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  const between = rules.filter(({ fromKeyspace }) => fromKeyspace === source || fromKeyspace === target);
  const shardsTo = (keyspace: string): string[] =>
    between.filter(({ toKeyspace }) => toKeyspace === keyspace).map(({ shard }) => shard);
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
  return rules?.rules.find(({ fromKeyspace }) => fromKeyspace === from)?.toKeyspace;
}

function notChecked(reason: string): string {
  return `Not checked: ${reason}`;
}

/** Where each table's traffic of each type goes in each cell, as that cell's vtgates see it. */
export function trafficMatrix(snapshot: Snapshot, move: Move): TrafficCell[] {
  return snapshot.cells.flatMap((cell) => {
    const { srvVSchema } = cell;
    const routing = new RoutingTable(loadedValue(srvVSchema)?.routingRules);
    return move.tables.flatMap((table) =>
      tabletTypes.map((type): TrafficCell => {
        const servedBy =
          srvVSchema.status === 'failed' ? 'not-checked' : routedKeyspace(routing.resolve(undefined, table, type));
        return { table, type, cell: cell.name, servedBy };
      }),
    );
  });
}
