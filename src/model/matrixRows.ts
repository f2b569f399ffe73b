/** A move's traffic matrix as rows and words, as the tree and the report show it. */
import { groupBy } from './groupBy.ts';
import { servedByWords, tabletTypes, type ServedBy, type TrafficCell } from './move.ts';
import { listWords } from './words.ts';

export const matrixHeader: readonly string[] = ['table', 'cell', ...tabletTypes];

const notChecked = 'could not check';

/** One row for each table and cell, one column for each tablet type: the keyspace that serves. */
export function matrixRows(matrix: readonly TrafficCell[]): string[][] {
  const rows = groupBy(matrix, ({ table, cell }) => JSON.stringify([table, cell]));
  return [...rows.values()].map((entries) => [
    entries[0]?.table ?? '',
    entries[0]?.cell ?? '',
    ...tabletTypes.map((type) => {
      const entry = entries.find((candidate) => candidate.type === type);
      return entry === undefined ? 'no rule' : servedByWords(entry.servedBy, notChecked);
    }),
  ]);
}

/** Where one table's traffic goes in all cells: `all traffic → customer`, or that the cells differ. */
export function trafficWords(entries: readonly TrafficCell[]): string {
  const perCell = [...groupBy(entries, ({ cell }) => cell).values()].map(cellTrafficWords);
  const [first] = perCell;
  if (first === undefined) return 'no cell';
  return perCell.every((words) => words === first) ? first : 'differs by cell';
}

/** Where one table's traffic goes in one cell: `primary → commerce, replica and rdonly → customer`. */
export function cellTrafficWords(entries: readonly TrafficCell[]): string {
  const places = groupBy(entries, ({ servedBy }) => placeWords(servedBy));
  const [only] = places.keys();
  if (places.size === 1 && only !== undefined) return only.startsWith('→') ? `all traffic ${only}` : only;
  return [...places]
    .map(([place, served]) => {
      const types = tabletTypes.filter((type) => served.some((entry) => entry.type === type));
      return `${listWords(types)} ${place}`;
    })
    .join(', ');
}

function placeWords(servedBy: ServedBy): string {
  return servedByWords(servedBy, notChecked, (keyspace) => `→ ${keyspace}`);
}
