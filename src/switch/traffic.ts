/** Where the traffic goes that a switch is to move. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { ServedBy, TrafficCell } from '../model/move.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { servedParts } from '../repair/precheck/servedParts.ts';

export interface Traffic {
  readonly name: string;
  /** Undefined when it could not be read. */
  readonly by: string | undefined;
}

/** Everything that a switch is to move, with who serves it. */
export function traffic(subject: PrecheckSubject, { snapshot }: DiagnosedTopology): Traffic[] {
  const { tabletTypes: types, cells } = subject;
  return subject.moves.flatMap((move) => {
    const parts = servedParts(move, snapshot).parts.filter((part) => part.types.some((type) => types.includes(type)));
    const reads = move.kind === 'standard' ? move.matrix.filter(isAsked) : [];
    return [
      ...parts.map(({ name, by }) => ({ name, by: by ?? 'no rule' })),
      ...reads.map((cell) => ({ name: trafficName(cell), by: servedByName(cell.servedBy) })),
    ];
  });

  function isAsked({ type, cell }: TrafficCell): boolean {
    // What vtgates do with writes goes by each cell's SrvVSchema as well, in every cell.
    return types.includes(type) && (type === 'primary' || cells.length === 0 || cells.includes(cell));
  }
}

function trafficName({ table, type, cell }: TrafficCell): string {
  return `${table}@${type} in ${cell}`;
}

function servedByName(servedBy: ServedBy): string | undefined {
  if (servedBy.kind === 'not-checked') return undefined;
  return servedBy.kind === 'keyspace' ? servedBy.keyspace : 'no rule';
}
