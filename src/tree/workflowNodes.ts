/** The workflows of a move as rows: their streams, how far behind they are and how far the copy is. */
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { titled } from '../model/markdown.ts';
import { count, durationWords } from '../model/words.ts';
import {
  isFrozen,
  isReverseWorkflow,
  partnerWorkflowName,
  qualifiedWorkflow,
  type TableCopy,
  type UnreadWorkflows,
  type Workflow,
  type WorkflowKnowledge,
  type WorkflowStream,
} from '../model/workflow.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, type TreeNode } from './treeNode.ts';

/** A row for each workflow whose streams are known, for one that is missing beside its partner, and for what was asked and not told. */
export function workflowNodes(context: TreeContext, parentId: string, move: DiagnosedMove): TreeNode[] {
  const { workflows } = context.index.topology.snapshot;
  const known = move.workflows.flatMap((name) => workflows.workflows.filter((one) => qualifiedWorkflow(one) === name));
  const unread = (workflows.asked?.unread ?? []).filter(({ keyspace, workflow }) =>
    workflow === undefined
      ? keyspace === move.source || keyspace === move.target
      : move.workflows.includes(qualifiedWorkflow({ keyspace, name: workflow })),
  );
  return [
    ...missingPartners(workflows, known, move).map((name) => missingNode(context, parentId, name)),
    ...known
      .filter(({ streams }) => streams !== undefined)
      .map((workflow) => workflowNode(context, parentId, workflow)),
    ...unread.map((one) => unreadNode(context, parentId, one)),
  ];
}

/** Forward workflows that saved output shows not to be there while their reverse workflow is; where vtctld was asked, a finding says it. */
function missingPartners(
  { asked, completeFor, workflows }: WorkflowKnowledge,
  known: readonly Workflow[],
  { target }: DiagnosedMove,
): string[] {
  if (asked !== undefined || !completeFor.has(target)) return [];
  const there = new Set(workflows.map(qualifiedWorkflow));
  return known
    .filter(({ name }) => isReverseWorkflow(name))
    .map(({ name }) => qualifiedWorkflow({ keyspace: target, name: partnerWorkflowName(name) }))
    .filter((name) => !there.has(name));
}

function missingNode({ connection }: TreeContext, parentId: string, name: string): TreeNode {
  return {
    id: `${parentId}/workflow:${name}`,
    label: name,
    description: 'forward workflow · missing',
    icon: 'circle-slash',
    state: 'none',
    tooltip: [
      titled('Missing', name),
      titled('Why', 'The rollback of a failed ReverseTraffic deletes the forward streams.'),
    ].join('\n\n'),
    spoken: `forward workflow ${name} is missing`,
    context: [],
    target: { connection },
  };
}

function workflowNode(context: TreeContext, parentId: string, workflow: Workflow): TreeNode {
  const { streams = [], copies = [], lagSeconds } = workflow;
  const name = qualifiedWorkflow(workflow);
  const id = `${parentId}/workflow:${name}`;
  const kind = isReverseWorkflow(workflow.name) ? 'reverse workflow' : 'forward workflow';
  const words = joinWords([stateWords(streams), lagWords(lagSeconds)]);
  const source = context.index.topology.snapshot.workflows.asked?.source ?? 'vtctldclient’s saved output';
  const failed = streams.some(({ state }) => state === 'Error');
  return {
    id,
    label: name,
    ...described(joinWords([words, kind])),
    icon: failed ? 'error' : 'sync',
    state: failed ? 'error' : 'none',
    tooltip: [titled('Workflow', name), titled('Streams', stateWords(streams)), titled('Told by', source)].join('\n\n'),
    spoken: joinWords([`${kind} ${name}`, stateWords(streams), lagWords(lagSeconds)], ', '),
    context: [],
    target: { connection: context.connection },
    children: () => [
      ...streams.map((stream, index) => streamNode(context, `${id}/stream:${index}`, stream)),
      ...copies.map((copy) => copyNode(context, id, copy)),
    ],
  };
}

function streamNode({ connection }: TreeContext, id: string, stream: WorkflowStream): TreeNode {
  const { shard, state, message, source, tablet, copying = [] } = stream;
  const label = source === undefined ? shard : `${source} → ${shard}`;
  const words = [
    isFrozen(stream) ? `${state}, FROZEN` : state,
    copying.length > 0 ? `copying ${count(copying.length, 'table')}` : '',
    isFrozen(stream) ? '' : message,
  ];
  return {
    id,
    label,
    ...described(joinWords(words)),
    icon: state === 'Error' ? 'error' : isFrozen(stream) ? 'lock' : state === 'Stopped' ? 'debug-pause' : 'pulse',
    state: state === 'Error' ? 'error' : 'none',
    tooltip: [
      titled('Stream', label),
      titled('State', isFrozen(stream) ? `${state}, FROZEN` : state),
      ...(message === '' || isFrozen(stream) ? [] : [titled('Message', message)]),
      ...(tablet === undefined ? [] : [titled('Tablet', tablet)]),
      ...(copying.length === 0 ? [] : [titled('Copying', copying.join(', '))]),
    ].join('\n\n'),
    spoken: joinWords([`stream from ${source ?? 'an unknown source'} to shard ${shard}`, ...words], ', '),
    context: [],
    target: { connection },
  };
}

function copyNode({ connection }: TreeContext, parentId: string, copy: TableCopy): TreeNode {
  const { table, rowsCopied, rowsTotal } = copy;
  const percent = rowsTotal === 0 ? 100 : Math.floor((100 * rowsCopied) / rowsTotal);
  const words = `${percent} % copied, about ${rowsCopied} of ${rowsTotal} rows`;
  return {
    id: `${parentId}/copy:${table}`,
    label: table,
    description: words,
    icon: 'cloud-download',
    state: 'none',
    tooltip: [
      titled('Table', table),
      titled('Rows', `${rowsCopied} of ${rowsTotal}, as MySQL estimates them`),
      titled('Bytes', `${copy.bytesCopied} of ${copy.bytesTotal}`),
    ].join('\n\n'),
    spoken: `table ${table}, ${words}`,
    context: [],
    target: { connection },
  };
}

function unreadNode({ connection }: TreeContext, parentId: string, unread: UnreadWorkflows): TreeNode {
  const { keyspace, workflow, reason } = unread;
  const what =
    workflow === undefined
      ? `workflows of ${keyspace}`
      : `status of ${qualifiedWorkflow({ keyspace, name: workflow })}`;
  return {
    id: `${parentId}/unread:${keyspace}/${workflow ?? ''}`,
    label: what,
    description: `not checked · ${reason}`,
    icon: 'question',
    state: 'unchecked',
    tooltip: [titled('Not checked', what), titled('Why', reason)].join('\n\n'),
    spoken: `${what} not checked: ${reason}`,
    context: [],
    target: { connection },
  };
}

/** `2 streams Running`, `1 stream Copying, 1 Running`, `no streams`. */
function stateWords(streams: readonly WorkflowStream[]): string {
  if (streams.length === 0) return 'no streams';
  const amounts = new Map<string, number>();
  for (const stream of streams) {
    const state = isFrozen(stream) ? 'FROZEN' : stream.state;
    amounts.set(state, (amounts.get(state) ?? 0) + 1);
  }
  return [...amounts]
    .map(([state, amount], index) => `${index === 0 ? count(amount, 'stream') : amount} ${state}`)
    .join(', ');
}

function lagWords(lagSeconds: number | undefined): string {
  return lagSeconds === undefined ? '' : `${durationWords(lagSeconds)} behind`;
}
