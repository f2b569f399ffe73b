/** Which move a switch or reverse is about. */
import type { DiagnosedMove, DiagnosedTopology } from '../../diagnose/diagnose.ts';
import { mayMoveTables } from '../../diagnose/workflowPairs.ts';
import { forwardWorkflow, moveTitle, tabletTypes } from '../../model/move.ts';
import type { ShardName } from '../../model/plan.ts';
import { listWords } from '../../model/words.ts';
import {
  isReverseWorkflow,
  partnerWorkflowName,
  qualifiedWorkflow,
  type WorkflowKnowledge,
} from '../../model/workflow.ts';
import type { PrecheckReason, PrecheckRequest, PrecheckSubject, PrecheckTarget } from './precheckModel.ts';

/** The subject, where there is one, and what stands against the request itself. */
export interface FoundSubject {
  readonly subject: PrecheckSubject | undefined;
  readonly reasons: readonly PrecheckReason[];
}

type WorkflowTarget = PrecheckTarget & { readonly kind: 'workflow' };
type WorkflowName = NonNullable<PrecheckSubject['runs']>;
type TablesTarget = PrecheckTarget & { readonly kind: 'tables' };

export function findSubject(request: PrecheckRequest, topology: DiagnosedTopology): FoundSubject {
  const { target } = request;
  const { keyspaces } = topology.snapshot;
  const named = target.kind === 'workflow' ? [target.keyspace] : [target.from, target.to];
  const unknown = named.filter((keyspace) => !keyspaces.has(keyspace));
  if (unknown.length > 0) {
    const there = keyspaces.size === 0 ? 'there is none' : `there are ${listWords([...keyspaces.keys()])}`;
    return refused('keyspace-unknown', `There is no keyspace ${listWords(unknown)}; ${there}.`);
  }
  return target.kind === 'workflow'
    ? subjectOfWorkflow(request, target, topology)
    : subjectOfTables(request, target, topology);
}

function subjectOfWorkflow(
  request: PrecheckRequest,
  target: WorkflowTarget,
  topology: DiagnosedTopology,
): FoundSubject {
  const { operation } = request;
  const { keyspace, workflow } = target;
  const move = moveOfWorkflow(target, topology);
  if (move === undefined) return unknownWorkflow(target, topology);
  const sides = [move.source, move.target];
  const other = sides.find((side) => side !== keyspace) ?? keyspace;
  // A workflow's own target keyspace takes the traffic when it is switched: the source, for a reverse workflow.
  const to = operation === 'switch' ? keyspace : other;
  const runs =
    operation === 'switch' ? { keyspace, name: workflow } : { keyspace: other, name: partnerWorkflowName(workflow) };
  const from = to === keyspace ? other : keyspace;
  const reasons = missingWorkflows(operation, move, [{ keyspace, name: workflow }, runs], topology);
  return { subject: subjectOf(request, { moves: [move], from, to, runs }, topology), reasons };
}

/** The move that has this workflow, or whose other workflow is its partner. */
function moveOfWorkflow({ keyspace, workflow }: WorkflowTarget, { moves }: DiagnosedTopology) {
  const exact = qualifiedWorkflow({ keyspace, name: workflow });
  return (
    moves.find(({ workflows }) => workflows.includes(exact)) ??
    moves.find(({ source, target, workflows }) => {
      const [own, other] = isReverseWorkflow(workflow) ? [source, target] : [target, source];
      const partner = qualifiedWorkflow({ keyspace: other, name: partnerWorkflowName(workflow) });
      return own === keyspace && workflows.includes(partner);
    })
  );
}

/** Workflows that the operation needs and that are known not to be there. */
function missingWorkflows(
  operation: PrecheckRequest['operation'],
  move: DiagnosedMove,
  needed: readonly WorkflowName[],
  topology: DiagnosedTopology,
): PrecheckReason[] {
  const missing = [...new Set(needed.filter((one) => isMissing(one, topology)).map(qualifiedWorkflow))];
  if (missing.length === 0) return [];
  // Either workflow of a pair can do what the other cannot: to switch one is to reverse the other.
  const [there] = move.workflows.filter((name) => !missing.includes(name));
  const opposite = operation === 'switch' ? 'ReverseTraffic' : 'SwitchTraffic';
  const instead = there === undefined ? '' : `, or use ${opposite} of ${there}, which goes the same way`;
  const left = there === undefined ? '' : `; of this move there is ${listWords(move.workflows)}`;
  return [
    {
      code: 'workflow-unknown',
      message:
        `There is no workflow ${listWords(missing)}${left}. ${operationName(operation)} needs it and fails with "no streams found". ` +
        `Next: find out what deleted its streams${instead}.`,
    },
  ];
}

function isMissing(workflow: WorkflowName, { snapshot: { workflows } }: DiagnosedTopology): boolean {
  return (
    workflows.completeFor.has(workflow.keyspace) &&
    !workflows.workflows.some(({ keyspace, name }) => keyspace === workflow.keyspace && name === workflow.name)
  );
}

function unknownWorkflow({ keyspace, workflow }: WorkflowTarget, topology: DiagnosedTopology): FoundSubject {
  const { workflows } = topology.snapshot;
  const name = qualifiedWorkflow({ keyspace, name: workflow });
  const known = workflows.workflows.find((one) => qualifiedWorkflow(one) === name);
  if (known !== undefined && !mayMoveTables(known)) {
    return refused('workflow-unknown', `${name} is a ${known.type ?? ''} workflow; only MoveTables can be checked.`);
  }
  if (known === undefined && workflows.completeFor.has(keyspace)) {
    const names = workflows.workflows.map(qualifiedWorkflow);
    const there = names.length === 0 ? 'there is none' : `there are ${listWords(names)}`;
    return refused('workflow-unknown', `There is no workflow ${name}; ${there}.`);
  }
  const why =
    known === undefined
      ? `The records do not name workflows: they live in the tablets, and ${untold(keyspace, workflows)}`
      : `The dump names ${name} but not the keyspace it reads from`;
  return refused('not-checked', `${why}. Next: name the tables instead: ${tablesHint(topology)}.`);
}

function untold(name: string, { asked }: WorkflowKnowledge): string {
  const unread = asked?.unread.find(({ keyspace, workflow }) => workflow === undefined && keyspace === name);
  return unread === undefined
    ? `no vtctld or dump tells of those of ${name}`
    : `those of ${name} could not be read: ${unread.reason.replace(/\.$/, '')}`;
}

function tablesHint({ moves }: DiagnosedTopology): string {
  const shown = moves
    .filter(({ tables }) => tables.length > 0)
    .slice(0, 3)
    .map(({ tables, source, target }) => `--tables ${tables.join(',')} --from ${source} --to ${target}`);
  return shown.length === 0 ? '--tables a,b --from SOURCE --to TARGET' : shown.join(', or ');
}

function subjectOfTables(request: PrecheckRequest, target: TablesTarget, topology: DiagnosedTopology): FoundSubject {
  const { operation } = request;
  const { from: source, to: destination } = target;
  const between = topology.moves.filter((move) => [source, destination].every((side) => isSide(move, side)));
  const moves = between.filter(({ tables }) => tables.some((table) => target.tables.includes(table)));
  const found = new Set(moves.flatMap(({ tables }) => tables));
  const unknown = target.tables.filter((table) => !found.has(table));
  // Without the rules nothing can be said to be missing; that they could not be read is a reason of its own.
  const unread = topology.snapshot.routingRules.status === 'failed';
  const reasons: PrecheckReason[] =
    unread || unknown.length === 0
      ? []
      : [{ code: 'tables-unknown', message: unknownTables(unknown, target, between, topology) }];
  const [first, ...others] = moves;
  if (first === undefined) return { subject: undefined, reasons };
  const [from, to] = operation === 'switch' ? [source, destination] : [destination, source];
  const runs = others.length === 0 ? workflowThatRuns(first, to) : undefined;
  const missing = runs === undefined ? [] : missingWorkflows(operation, first, [runs], topology);
  const subject = subjectOf(request, { moves: [first, ...others], from, to, runs }, topology);
  return { subject, reasons: [...reasons, ...missing] };
}

function isSide({ source, target }: DiagnosedMove, keyspace: string): boolean {
  return source === keyspace || target === keyspace;
}

function unknownTables(
  unknown: readonly string[],
  { from, to }: TablesTarget,
  between: readonly DiagnosedMove[],
  { moves }: DiagnosedTopology,
): string {
  const words = (list: readonly DiagnosedMove[]): string =>
    listWords(
      list.map((move) =>
        move.kind === 'multi-tenant'
          ? `all tables of a tenant (${moveTitle(move)})`
          : `${listWords(move.tables)} (${moveTitle(move)})`,
      ),
    );
  const elsewhere = moves.filter((move) => !between.includes(move) && move.tables.some((t) => unknown.includes(t)));
  const there = between.length === 0 ? 'No move is between them' : `Between them move ${words(between)}`;
  const also = elsewhere.length === 0 ? '' : ` Elsewhere move ${words(elsewhere)}.`;
  return (
    `No routing rule or denied table tells that ${listWords(unknown)} moves between ${from} and ${to}: there is no traffic to switch. ` +
    `${there}.${also} Next: check the names, or create the move.`
  );
}

/** The workflow of a move that takes its traffic to a keyspace; a partial move has one for each of its parts. */
function workflowThatRuns(move: DiagnosedMove, to: string): PrecheckSubject['runs'] {
  const forward = forwardWorkflow(move);
  if (forward === undefined || to === move.target) return forward;
  return { keyspace: move.source, name: partnerWorkflowName(forward.name) };
}

function subjectOf(
  { operation, tabletTypes: types = tabletTypes, cells = [] }: PrecheckRequest,
  subject: Pick<PrecheckSubject, 'moves' | 'from' | 'to' | 'runs'>,
  { snapshot }: DiagnosedTopology,
): PrecheckSubject {
  const { moves, from, to } = subject;
  const partial = moves.every(({ kind }) => kind === 'partial')
    ? new Set(moves.flatMap((move) => move.shards))
    : undefined;
  const shardsOf = (keyspace: string): ShardName[] =>
    (snapshot.keyspaces.get(keyspace)?.shards ?? [])
      .filter(({ name }) => partial?.has(name) ?? true)
      .map(({ name: shard }) => ({ keyspace, shard }));
  const tables = [...new Set(moves.flatMap((move) => move.tables))].sort();
  return { ...subject, operation, tabletTypes: types, cells, tables, shards: [...shardsOf(from), ...shardsOf(to)] };
}

/** Vitess's own name of the operation. */
export function operationName(operation: PrecheckRequest['operation']): string {
  return operation === 'switch' ? 'SwitchTraffic' : 'ReverseTraffic';
}

function refused(code: PrecheckReason['code'], message: string): FoundSubject {
  return { subject: undefined, reasons: [{ code, message }] };
}
