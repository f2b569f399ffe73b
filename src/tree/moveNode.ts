import { commandIds, type ContextWord } from '../contributions/ids.ts';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { healthIcons } from '../host/healthIcons.ts';
import { healthOf, healthState, healthWords, type HealthState } from '../model/health.ts';
import { escapeMarkdown, markdownTable, titled } from '../model/markdown.ts';
import { matrixHeader, matrixRows } from '../model/matrixRows.ts';
import { moveTitle } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { findingLines, findingNodes, hasRepair } from './findingNode.ts';
import { tablesNode } from './tableNodes.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, type TreeNode } from './treeNode.ts';
import { workflowNodes } from './workflowNodes.ts';

const tooltipRows = 12;

/** A move under its target keyspace: its traffic state, and a check or what is wrong. */
export function moveNode(context: TreeContext, move: DiagnosedMove): TreeNode {
  const id = moveNodeId(context.connection, move);
  const { state, wrong } = judged(context, move);
  const title = moveTitle(move);
  const isFine = state === 'healthy' || state === 'info';
  return {
    id,
    label: title,
    ...described(
      joinWords([moveWords(move, context.index.unreadOfMove(move)), isFine && context.isStale ? 'stale' : '']),
    ),
    // A check that was true once is not one now.
    icon: isFine && context.isStale ? 'history' : healthIcons[state],
    state: isFine && context.isStale ? 'none' : state,
    tooltip: moveTooltip(context, move),
    spoken: joinWords(
      [
        `move ${title}`,
        context.isStale ? 'stale' : '',
        wrong === '' ? 'no contradictions' : wrong,
        `traffic state: ${move.trafficState}`,
        move.direction === 'inferred' ? 'source and target told from the records' : '',
      ],
      ', ',
    ),
    context: moveContext(move),
    target: moveTarget(context, move),
    errors: healthOf(move.findings).errors,
    expanded: state === 'error' || state === 'unchecked',
    children: () => [
      ...findingNodes(context.connection, id, move.findings),
      trafficStateNode(context, id, move),
      ...workflowNodes(context, id, move),
      ...(move.tables.length > 0 ? [tablesNode(context, id, move)] : []),
      ...partialShardNodes(context, id, move),
    ],
  };
}

/** How bad it is, the traffic state, and the first finding, in that order: a narrow side bar cuts the end. */
function moveWords({ findings, trafficState, direction }: DiagnosedMove, unread: readonly string[]): string {
  const [first] = findings;
  return joinWords([
    healthWords(healthOf(findings)),
    unreadWords(unread),
    // Of what could not be read, the words before say the same and more.
    trafficState.startsWith('Not checked') && unread.length > 0 ? '' : trafficState,
    first === undefined ? '' : findingTitle(first),
    direction === 'inferred' ? 'inferred' : '',
  ]);
}

function unreadWords(unread: readonly string[]): string {
  return unread.length > 0 ? `not fully checked: ${listWords(unread, 3)} could not be read` : '';
}

/** The row in the source keyspace that leads to the move. */
export function moveLinkNode(context: TreeContext, parentId: string, move: DiagnosedMove): TreeNode {
  const { state, wrong } = judged(context, move);
  const title = moveTitle(move);
  return {
    id: `${parentId}/link:${move.id}`,
    label: `move to ${move.target}`,
    description: title,
    icon: 'arrow-right',
    state: state === 'healthy' || state === 'info' ? 'none' : state,
    tooltip: `${moveTooltip(context, move)}\n\nClick to show the move\\.`,
    spoken: joinWords([`move to ${move.target}, ${title}`, wrong === '' ? 'no contradictions' : wrong], ', '),
    context: ['link', ...moveContext(move)],
    target: moveTarget(context, move),
    command: commandIds.revealMove,
  };
}

/** The id of a move's row. */
export function moveNodeId(connection: string, { id, target }: Pick<DiagnosedMove, 'id' | 'target'>): string {
  return `${connection}/keyspace:${target}/move:${id}`;
}

/** A move's state, and what is wrong in words: `4 errors: customer/-80 denies corder, which it serves`; empty when nothing is. */
function judged({ index }: TreeContext, move: DiagnosedMove): { state: HealthState; wrong: string } {
  const unread = index.unreadOfMove(move);
  const health = healthOf(move.findings);
  const state = healthState(health);
  const [first] = move.findings;
  const counted = first === undefined ? '' : `${healthWords(health)}: ${findingTitle(first)}`;
  return {
    state: state !== 'error' && unread.length > 0 ? 'unchecked' : state,
    wrong: joinWords([counted, unreadWords(unread)]),
  };
}

function moveContext({ findings }: DiagnosedMove): ContextWord[] {
  return hasRepair(findings) ? ['move', 'repairable'] : ['move'];
}

function moveTarget({ connection }: TreeContext, { id, target }: DiagnosedMove): TreeNode['target'] {
  return { connection, keyspace: target, move: id };
}

function moveTooltip({ index }: TreeContext, move: DiagnosedMove): string {
  const kind = move.kind === 'standard' ? 'MoveTables' : `MoveTables (${move.kind})`;
  const unread = index.unreadOfMove(move);
  const rows = matrixRows(move.matrix);
  const lines = [
    `**${escapeMarkdown(moveTitle(move))}**`,
    escapeMarkdown(`${kind} from ${move.source} to ${move.target}${move.mirrored ? ', mirrored' : ''}`),
    titled('Traffic state', move.trafficState),
    move.workflows.length > 0
      ? titled('Workflows', listWords(move.workflows))
      : escapeMarkdown('No workflow is known: source and target are told from the records.'),
    ...(unread.length > 0 ? [titled('Not fully checked', `${listWords(unread)} could not be read`)] : []),
    ...findingLines(move.findings),
    ...(rows.length > 0 ? [markdownTable(matrixHeader, rows.slice(0, tooltipRows))] : []),
    ...(rows.length > tooltipRows ? [escapeMarkdown(`${rows.length - tooltipRows} more rows below the move.`)] : []),
  ];
  return lines.join('\n\n');
}

function trafficStateNode({ connection }: TreeContext, parentId: string, move: DiagnosedMove): TreeNode {
  const unknown = move.trafficState.startsWith('Not checked');
  const records = {
    standard: globalRecord.routingRules,
    partial: globalRecord.shardRoutingRules,
    'multi-tenant': globalRecord.keyspaceRoutingRules,
  };
  return {
    id: `${parentId}/traffic`,
    label: move.trafficState,
    description: 'traffic state',
    icon: unknown ? 'question' : 'arrow-swap',
    state: unknown ? 'unchecked' : 'none',
    tooltip: [
      `**${escapeMarkdown(move.trafficState)}**`,
      escapeMarkdown(
        'The traffic state in the words of vtctldclient’s MoveTables status. For reads it looks at the first table only, and it never looks at denied tables.',
      ),
    ].join('\n\n'),
    spoken: `traffic state: ${move.trafficState}`,
    context: ['record'],
    target: { connection, record: records[move.kind] },
    command: commandIds.openRecord,
  };
}

function partialShardNodes({ connection, index }: TreeContext, parentId: string, move: DiagnosedMove): TreeNode[] {
  const rules = loadedValue(index.topology.snapshot.shardRoutingRules)?.rules ?? [];
  return move.shards.map((shard): TreeNode => {
    const position = rules.findIndex(
      (rule) => rule.shard === shard && [move.source, move.target].includes(rule.toKeyspace),
    );
    const serving = rules[position]?.toKeyspace;
    const words = serving === undefined ? 'no rule' : `all traffic → ${serving}`;
    return {
      id: `${parentId}/shard:${shard}`,
      label: shard,
      description: words,
      icon: 'symbol-namespace',
      state: 'none',
      spoken: `shard ${shard}, ${words}`,
      context: ['record'],
      target: { connection, record: globalRecord.shardRoutingRules, path: position < 0 ? [] : ['rules', position] },
      command: commandIds.openRecord,
    };
  });
}
