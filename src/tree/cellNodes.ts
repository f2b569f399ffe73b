import { commandIds } from '../contributions/ids.ts';
import { healthOf, healthState, healthWords, type HealthState } from '../model/health.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { cellRecord, globalRecord } from '../model/record.ts';
import { count } from '../model/words.ts';
import type { CellRecords } from '../records/snapshot.ts';
import { findingLines, findingNodes } from './findingNode.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, worstFirst, type TreeNode } from './treeNode.ts';

/** The group of cells: where each cell's vtgates get their routing from, and whether that is current. */
export function cellsNode(context: TreeContext): TreeNode {
  const { connection, index } = context;
  const { cells } = index.topology.snapshot;
  const id = `${connection}/cells`;
  const nodes = worstFirst(cells.map((cell) => cellNode(context, id, cell)));
  const health = healthOf(cells.flatMap(({ name }) => index.ofCell(name)));
  const state = healthState(health);
  const wrong = healthWords(health);
  return {
    id,
    label: 'Cells',
    ...described(joinWords([wrong, count(cells.length, 'cell')])),
    icon: 'globe',
    state: state === 'healthy' || state === 'info' ? 'none' : state,
    spoken: joinWords([count(cells.length, 'cell'), wrong === '' ? 'no contradictions' : wrong], ', '),
    context: [],
    target: { connection },
    errors: health.errors,
    expanded: state === 'error' || state === 'unchecked',
    children: () => nodes,
  };
}

function cellNode(context: TreeContext, parentId: string, cell: CellRecords): TreeNode {
  const { connection, index } = context;
  const { name, failure, srvVSchema, address } = cell;
  const id = `${parentId}/${name}`;
  const findings = index.ofCell(name);
  const health = healthOf(findings);
  const state: HealthState =
    failure !== undefined || srvVSchema.status === 'failed' ? worseOf(healthState(health)) : healthState(health);
  const words = srvVSchemaWords(context, cell);
  return {
    id,
    label: name,
    description: joinWords([words, failure === undefined ? address : failure.message]),
    icon: state === 'unchecked' ? 'question' : state === 'error' || state === 'warning' ? state : 'location',
    state: state === 'healthy' ? 'none' : state,
    tooltip: [
      `**${escapeMarkdown(`cell ${name}`)}**`,
      ...(failure === undefined ? [] : [titled('Could not check', failure.message)]),
      escapeMarkdown(words),
      ...(address === undefined ? [] : [titled('Address', address)]),
      ...(cell.root === undefined ? [] : [titled('Root', cell.root)]),
      ...(failure === undefined ? [escapeMarkdown(count(cell.tablets.length, 'tablet'))] : []),
      ...findingLines(findings),
    ].join('\n\n'),
    spoken: joinWords([`cell ${name}`, words, failure?.message], ', '),
    context: failure === undefined ? ['record'] : ['record', 'retry'],
    target: {
      connection,
      cell: name,
      record: failure === undefined ? cellRecord.srvVSchema(name) : globalRecord.cellInfo(name),
    },
    errors: health.errors,
    expanded: state === 'error' || state === 'unchecked',
    ...(findings.length === 0
      ? { command: commandIds.openRecord }
      : { children: () => findingNodes(connection, id, findings) }),
  };
}

function worseOf(state: HealthState): HealthState {
  return state === 'error' ? 'error' : 'unchecked';
}

/** Whether the cell carries the global rules, in words. */
function srvVSchemaWords({ index }: TreeContext, { name, failure, srvVSchema }: CellRecords): string {
  if (failure !== undefined) return 'could not check';
  if (srvVSchema.status === 'failed') return 'could not check SrvVSchema';
  const findings = index.ofCell(name);
  if (findings.some(({ code }) => code === 'stale-srv-vschema')) {
    return srvVSchema.status === 'absent' ? 'no SrvVSchema' : 'SrvVSchema stale';
  }
  if (srvVSchema.status === 'absent') return 'no SrvVSchema';
  if (findings.some(({ code }) => code === 'reads-differ-by-cell')) return 'SrvVSchema with earlier reads';
  const { snapshot } = index.topology;
  const compared = [
    snapshot.routingRules,
    snapshot.shardRoutingRules,
    snapshot.keyspaceRoutingRules,
    snapshot.mirrorRules,
  ];
  const vschemas = [...snapshot.keyspaces.values()].map(({ vschema }) => vschema);
  return [...compared, ...vschemas].some(({ status }) => status === 'failed')
    ? 'SrvVSchema not fully checked'
    : 'SrvVSchema current';
}
