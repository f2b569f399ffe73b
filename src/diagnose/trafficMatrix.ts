import { tabletTypes, type Move, type ServedBy, type TrafficCell } from '../model/move.ts';
import type { DiagnosisInput } from './rule.ts';
import { routedKeyspace, type RoutingTable } from './routing.ts';

/** Where each table's traffic of each type goes in each cell, as that cell's vtgates see it. */
export function trafficMatrix({ snapshot, cellRouting }: DiagnosisInput, move: Move): TrafficCell[] {
  return snapshot.cells.flatMap(({ name: cell }) => {
    const routing = cellRouting.get(cell);
    return move.tables.flatMap((table) =>
      tabletTypes.map((type): TrafficCell => ({
        table,
        type,
        cell,
        servedBy: routing === undefined ? { kind: 'not-checked' } : servedBy(routing, move, table, type),
      })),
    );
  });
}

/** By the name without a keyspace, unless another move's rule took that name; then by the name in the source. */
function servedBy(routing: RoutingTable, { source, target }: Move, table: string, type: TrafficCell['type']): ServedBy {
  const plain = routedKeyspace(routing.resolve(undefined, table, type));
  const ofMove = plain === source || plain === target;
  const keyspace = ofMove ? plain : (routedKeyspace(routing.resolve(source, table, type)) ?? plain);
  return keyspace === undefined ? { kind: 'no-rule' } : { kind: 'keyspace', keyspace };
}
