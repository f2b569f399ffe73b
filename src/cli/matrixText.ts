import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { servedByWords, tabletTypes } from '../model/move.ts';
import { count } from '../model/words.ts';
import { plain, type Paint } from './paint.ts';

const mostTables = 12;

/** Tables down, cells and tablet types across: which keyspace each cell's vtgates send them to. */
export function matrixLines(move: DiagnosedMove, paint: Paint): string[] {
  const cells = [...new Set(move.matrix.map(({ cell }) => cell))];
  const tables = move.tables.slice(0, mostTables);
  if (tables.length === 0 || cells.length === 0) return [];
  const rows = tables.map((table) => [
    plain(table),
    ...cells.flatMap((cell) => tabletTypes.map((type) => servedBy(move, table, cell, type))),
  ]);
  const header = ['', ...cells.flatMap((cell) => tabletTypes.map((type) => plain(`${cell} ${type}`)))];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const more = move.tables.length - tables.length;
  return [
    paint('dim', line(header)),
    ...rows.map(line),
    ...(more > 0 ? [paint('dim', `  and ${count(more, 'more table')}`)] : []),
  ];
}

function servedBy(move: DiagnosedMove, table: string, cell: string, type: string): string {
  const entry = move.matrix.find((at) => at.table === table && at.cell === cell && at.type === type);
  return entry === undefined ? 'no rule' : servedByWords(entry.servedBy, 'not checked', plain);
}
