import type { Finding } from '../../model/finding.ts';
import type { Move } from '../../model/move.ts';
import { globalRecord } from '../../model/record.ts';
import {
  isFrozen,
  isReverseWorkflow,
  partnerWorkflowName,
  qualifiedWorkflow,
  type Workflow,
} from '../../model/workflow.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { rulePlaces } from '../sides.ts';
import { servingKeyspace } from '../tableMoves.ts';
import { mayMoveTables } from '../workflowPairs.ts';

/** Writes are switched and the forward workflow is stopped but not FROZEN (vitessio/vitess#19680): it can be started and would write into the serving side. */
export function stoppedNotFrozen(input: DiagnosisInput): Finding[] {
  return input.moves
    .filter((move) => writesSwitched(input, move))
    .flatMap((move) => {
      const forward = input.snapshot.workflows.workflows.find(
        (workflow) => move.workflows.includes(qualifiedWorkflow(workflow)) && !isReverseWorkflow(workflow.name),
      );
      const streams = forward?.streams ?? [];
      const stopped = streams.length > 0 && streams.every(({ state }) => state === 'Stopped');
      if (forward === undefined || !stopped || streams.every(isFrozen)) return [];
      const name = qualifiedWorkflow(forward);
      return [
        streamFinding(
          input,
          move,
          'stopped-not-frozen',
          `Writes are switched to ${move.target}, and the streams of ${name} are stopped but not FROZEN: Vitess does not see the switch as finished, ` +
            `and whoever starts the workflow replays old rows of ${move.source} over new ones. ` +
            `Next: do not start it; run SwitchTraffic again, which completes the left-over steps.`,
        ),
      ];
    });
}

/** The rules of a move are there, and all workflows of both keyspaces are known: none of them moves its tables. */
export function missingStreams(input: DiagnosisInput): Finding[] {
  const { asked, completeFor } = input.snapshot.workflows;
  // A move that was created since would have no workflow yet.
  if (asked?.isOutdated === true) return [];
  return input.moves
    .filter(({ source, target }) => completeFor.has(source) && completeFor.has(target))
    .filter((move) => move.workflows.length === 0 && !input.snapshot.workflows.workflows.some(mayMove(move)))
    .map((move) =>
      streamFinding(
        input,
        move,
        'missing-streams',
        `The records say that these tables are moving between ${move.source} and ${move.target}, and neither keyspace has a workflow for them: ` +
          `nothing replicates between the two sides, so the side that does not serve falls behind. ` +
          `Next: do not switch traffic by rules; find out which side is complete, and remove the rules and denied tables of the other.`,
      ),
    );
}

/**
 * Only the reverse workflow of a pair is there: rolling a failed ReverseTraffic back deletes the
 * forward workflow's streams (seen). Judged where vtctld was asked: a saved dump may be of another moment.
 */
export function missingForward(input: DiagnosisInput): Finding[] {
  const { asked, completeFor, workflows } = input.snapshot.workflows;
  if (asked === undefined || asked.isOutdated === true) return [];
  const known = new Set(workflows.map(qualifiedWorkflow));
  return input.moves.flatMap((move) =>
    workflows
      .filter(({ name }) => isReverseWorkflow(name))
      .filter((reverse) => move.workflows.includes(qualifiedWorkflow(reverse)) && completeFor.has(move.target))
      .flatMap((reverse) => {
        const there = qualifiedWorkflow(reverse);
        const missing = qualifiedWorkflow({ keyspace: move.target, name: partnerWorkflowName(reverse.name) });
        if (known.has(missing)) return [];
        const message =
          `There is ${there} and not its forward workflow ${missing}: the rollback of a failed ReverseTraffic deletes the forward streams. ` +
          `What is asked of ${missing} fails with "no streams found", and the move cannot be completed by it. ` +
          `Next: to move traffic back to ${move.source}, use SwitchTraffic of ${there}, which goes the same way as the ReverseTraffic.`;
        return [streamFinding(input, move, 'missing-streams', message, 'warning')];
      }),
  );
}

/** A dump may name a workflow without its source or its tables, and a move's tables may not be known: then it may be the one. */
function mayMove({ source, target, tables }: Move): (workflow: Workflow) => boolean {
  const sides = [source, target];
  return (workflow) =>
    mayMoveTables(workflow) &&
    sides.includes(workflow.keyspace) &&
    (workflow.source === undefined || sides.includes(workflow.source)) &&
    (!workflow.tables?.length || tables.length === 0 || workflow.tables.some((table) => tables.includes(table)));
}

function writesSwitched({ routing }: DiagnosisInput, move: Move): boolean {
  const { source, target } = move;
  return (
    move.kind === 'standard' && move.tables.some((table) => servingKeyspace(routing, table, source, target) === target)
  );
}

function streamFinding(
  input: DiagnosisInput,
  move: Move,
  code: 'stopped-not-frozen' | 'missing-streams',
  message: string,
  severity: Finding['severity'] = 'error',
): Finding {
  const record = move.kind === 'multi-tenant' ? globalRecord.keyspaceRoutingRules : globalRecord.routingRules;
  return {
    code,
    severity,
    keyspace: move.target,
    tables: [...move.tables].sort(),
    move: move.id,
    places: placesOr(
      rulePlaces(input, move.tables).map(({ path }) => ({ record, path })),
      { record, path: ['rules'] },
    ),
    related: [],
    message,
    fixable: false,
  };
}
