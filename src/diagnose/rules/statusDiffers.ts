import type { Finding } from '../../model/finding.ts';
import { globalRecord } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import { qualifiedWorkflow } from '../../model/workflow.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { rulePlaces } from '../sides.ts';
import { trafficState } from '../trafficState.ts';

const records = {
  standard: globalRecord.routingRules,
  partial: globalRecord.shardRoutingRules,
  'multi-tenant': globalRecord.keyspaceRoutingRules,
};

/**
 * vtctld's own traffic state of a workflow is not the one that the records give: they were read at different
 * moments, or are different records. Judged where vtctld was asked: a saved dump may be of another moment.
 */
export function statusDiffers(input: DiagnosisInput): Finding[] {
  const { workflows, asked } = input.snapshot.workflows;
  if (asked === undefined || asked.isOutdated === true) return [];
  return input.moves.flatMap((move): Finding[] => {
    const state = trafficState(input, move);
    // Where a record could not be read, that is said already.
    if (state.startsWith('Not checked')) return [];
    const others = workflows.filter(
      (workflow) =>
        move.workflows.includes(qualifiedWorkflow(workflow)) &&
        workflow.trafficState !== undefined &&
        workflow.trafficState !== '' &&
        workflow.trafficState !== state,
    );
    if (others.length === 0) return [];
    const record = records[move.kind];
    const told = others.map((workflow) => `of ${qualifiedWorkflow(workflow)} "${workflow.trafficState ?? ''}"`);
    return [
      {
        code: 'status-differs',
        severity: 'info',
        keyspace: move.target,
        tables: [...move.tables].sort(),
        move: move.id,
        places: placesOr(
          move.kind === 'standard' ? rulePlaces(input, move.tables).map(({ path }) => ({ record, path })) : [],
          { record, path: ['rules'] },
        ),
        related: [],
        message:
          `${asked.source} says ${listWords(told)}, and the records say "${state}": traffic was switched between the two readings, or they are of different topologies. ` +
          `Next: read again; if it stays, compare the global root and the topology server of vtctld with those read here.`,
        fixable: false,
      },
    ];
  });
}
