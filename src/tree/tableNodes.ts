/** The tables of a move, and below each the cells: which keyspace serves which type there. */
import { commandIds } from '../contributions/ids.ts';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { cellTrafficWords, trafficWords } from '../model/matrixRows.ts';
import { groupBy } from '../model/groupBy.ts';
import type { TrafficCell } from '../model/move.ts';
import { cellRecord } from '../model/record.ts';
import { count } from '../model/words.ts';
import type { TreeContext } from './treeContext.ts';
import type { TreeNode } from './treeNode.ts';

/** The group of a move's tables. */
export function tablesNode({ connection }: TreeContext, parentId: string, move: DiagnosedMove): TreeNode {
  const id = `${parentId}/tables`;
  const byTable = groupBy(move.matrix, ({ table }) => table);
  const perTable = new Set(move.tables.map((table) => trafficWords(byTable.get(table) ?? [])));
  const [first] = perTable;
  const words = perTable.size === 1 && first !== undefined ? first : 'differs by table';
  return {
    id,
    label: count(move.tables.length, 'table'),
    description: words,
    icon: 'table',
    state: 'none',
    spoken: `${count(move.tables.length, 'table')}, ${words}`,
    context: [],
    target: { connection, keyspace: move.target, move: move.id },
    children: () => move.tables.map((table) => tableNode(connection, id, table, byTable.get(table) ?? [])),
  };
}

function tableNode(connection: string, parentId: string, table: string, entries: readonly TrafficCell[]): TreeNode {
  const id = `${parentId}/${table}`;
  const words = trafficWords(entries);
  const unread = entries.some(({ servedBy }) => servedBy.kind === 'not-checked');
  return {
    id,
    label: table,
    description: words,
    icon: unread ? 'question' : 'table',
    state: unread ? 'unchecked' : 'none',
    spoken: `table ${table}, ${words}`,
    context: [],
    target: { connection },
    children: () =>
      [...groupBy(entries, ({ cell }) => cell)].map(([cell, served]) => cellNode(connection, id, table, cell, served)),
  };
}

function cellNode(
  connection: string,
  parentId: string,
  table: string,
  cell: string,
  entries: readonly TrafficCell[],
): TreeNode {
  const words = cellTrafficWords(entries);
  const unread = entries.some(({ servedBy }) => servedBy.kind === 'not-checked');
  return {
    id: `${parentId}/${cell}`,
    label: cell,
    description: words,
    icon: unread ? 'question' : 'location',
    state: unread ? 'unchecked' : 'none',
    tooltip: [
      titled(`${table} in ${cell}`, words),
      escapeMarkdown('What this cell’s SrvVSchema tells its vtgates.'),
    ].join('\n\n'),
    spoken: `table ${table} in ${cell}: ${words}`,
    context: unread ? ['record', 'retry'] : ['record'],
    target: { connection, cell, record: cellRecord.srvVSchema(cell), path: ['routing_rules'] },
    command: commandIds.openRecord,
  };
}
