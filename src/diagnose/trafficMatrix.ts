import { tabletTypes, type Move, type ServedBy, type TrafficCell } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { remember } from '../model/remember.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { routedKeyspace, routingTable, type RoutingTable } from './routing.ts';
import type { DiagnosisInput } from './rule.ts';

/** Where each table's traffic of each type goes in each cell, as that cell's vtgates see it. */
export function trafficMatrix({ snapshot, cellRouting }: DiagnosisInput, move: Move): TrafficCell[] {
  // Most cells carry the same rules.
  const trafficBy = remember((routing: RoutingTable) => traffic(routing, move));
  return snapshot.cells.flatMap(({ name: cell }) => {
    const routing = cellRouting.get(cell);
    const entries = routing === undefined ? traffic(undefined, move) : trafficBy(routing);
    return entries.map((entry): TrafficCell => ({ ...entry, cell }));
  });
}

/** Where each table's traffic of each type goes by the global RoutingRules: what the next rebuild writes into every cell. */
export function globalTraffic({ routingRules }: Snapshot, move: Move): Omit<TrafficCell, 'cell'>[] {
  return traffic(routingRules.status === 'failed' ? undefined : routingTable(loadedValue(routingRules)), move);
}

/** Without `routing`, which could not be read, nothing is checked. */
function traffic(routing: RoutingTable | undefined, move: Move): Omit<TrafficCell, 'cell'>[] {
  return move.tables.flatMap((table) =>
    tabletTypes.map((type) => ({
      table,
      type,
      servedBy: routing === undefined ? { kind: 'not-checked' as const } : servedBy(routing, move, table, type),
    })),
  );
}

/** By the name without a keyspace, unless another move's rule took that name; then by the name in the source. */
function servedBy(routing: RoutingTable, { source, target }: Move, table: string, type: TrafficCell['type']): ServedBy {
  const plain = routedKeyspace(routing.resolve(undefined, table, type));
  const ofMove = plain === source || plain === target;
  const keyspace = ofMove ? plain : (routedKeyspace(routing.resolve(source, table, type)) ?? plain);
  return keyspace === undefined ? { kind: 'no-rule' } : { kind: 'keyspace', keyspace };
}
