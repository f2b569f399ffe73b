import type { Plan } from '../../src/model/plan.ts';
import type { RunRecord, StepStatus } from '../../src/repair/ports.ts';

/** The record of a run that stopped, with the status of each of its plan's steps. */
export function runOf(plan: Plan, statuses: readonly StepStatus[]): RunRecord {
  const steps = plan.steps.map(({ title }, index) => ({ title, status: statuses[index] ?? 'waiting' }));
  const who = { userName: 'vt', hostName: 'host', processId: 1 };
  return {
    version: 1,
    id: 'run',
    kind: 'repair',
    status: 'stopped',
    startedAt: 0,
    who,
    topology: 'built',
    plan,
    steps,
  };
}

/** The statuses of a plan's steps when only its first `written` changes were written. */
export function statusesAfter({ steps }: Plan, written: number): StepStatus[] {
  let left = written;
  return steps.map((step) => {
    const begun = step.kind !== 'write' || left > 0;
    if (step.kind === 'write') left -= step.changes.length;
    return begun ? 'done' : 'waiting';
  });
}
