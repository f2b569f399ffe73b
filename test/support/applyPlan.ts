/** Carries a plan out in memory, as bytes: what an executor writes, without locks and tablets. */
import assert from 'node:assert/strict';
import type { FindingCode } from '../../src/model/finding.ts';
import {
  planChanges,
  type Plan,
  type PlanResult,
  type RecordChange,
  type RepairRequest,
} from '../../src/model/plan.ts';
import { recordName } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { PlanOptions } from '../../src/repair/repairContext.ts';
import { diagnosed } from './diagnosed.ts';
import { bytesOf, withBytes } from './edit.ts';

/** Writes one change; fails where the record is not what the change expects. */
export function applyChange(data: TopologyData, { record, before, after }: RecordChange): TopologyData {
  assert.deepEqual(bytesOf(data, record), before, `${recordName(record)} is not as planned`);
  return withBytes(data, record, after);
}

/** The topology after each single change of a plan, in order; the first is the one without the released locks. */
export function statesOf(data: TopologyData, plan: Plan): TopologyData[] {
  const states = [withoutReleased(data, plan)];
  for (const change of planChanges(plan)) states.push(applyChange(states.at(-1) ?? data, change));
  return states;
}

/** The topology after a whole plan. */
export function applyPlan(data: TopologyData, plan: Plan): TopologyData {
  return planChanges(plan).reduce(applyChange, withoutReleased(data, plan));
}

function withoutReleased(data: TopologyData, { steps }: Plan): TopologyData {
  const released = steps.flatMap((step) => (step.kind === 'release-locks' ? step.locks : []));
  return released.reduce((edited, { record }) => withBytes(edited, record, undefined), data);
}

/** Plans a repair of all, unless the request says less. */
export function planFor(
  data: TopologyData,
  request: Partial<RepairRequest> = {},
  options: PlanOptions = {},
): PlanResult {
  const whole: RepairRequest = {
    scope: { kind: 'all' },
    direction: { kind: 'follow-routing' },
    followReads: false,
    ...request,
  };
  return planRepair(whole, { data, diagnosed: diagnosed(data) }, options);
}

/** The plan of a repair; fails where there is none. */
export function planOf(data: TopologyData, request: Partial<RepairRequest> = {}): Plan {
  const { plan, refusals } = planFor(data, request);
  assert.ok(plan, `nothing is planned: ${refusals.map(({ reason }) => reason).join(' ')}`);
  return plan;
}

/** A plan's steps in one line each: phase and records, or purpose and shards. */
export function stepLines({ steps }: Plan): string[] {
  return steps.map((step) => {
    switch (step.kind) {
      case 'write':
        return `${step.phase} ${step.changes.map(({ record }) => recordName(record)).join(' ')}`;
      case 'refresh':
        return `${step.purpose} ${step.shards.map(({ keyspace, shard }) => `${keyspace}/${shard}`).join(' ')}`;
      case 'release-locks':
        return `release ${step.locks.map(({ record }) => record.path).join(' ')}`;
    }
  });
}

/** Why findings of a code are refused, each reason once. */
export function reasonsOf({ refusals }: PlanResult, code: FindingCode): string[] {
  return [...new Set(refusals.filter(({ finding }) => finding.code === code).map(({ reason }) => reason))];
}
