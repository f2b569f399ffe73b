import type { RunRecord } from '../../src/repair/ports.ts';
import { planOf } from './applyPlan.ts';
import { captureReadAt, loadCapture } from './captures.ts';
import { withRevisions } from './revisions.ts';

/** The record of a run that has just begun to repair capture 12. */
export function begunRun(more: Partial<RunRecord> = {}): RunRecord {
  const plan = planOf(withRevisions(loadCapture('12-reverse-vtctld-killed')));
  return {
    version: 1,
    id: '20261124T040000000Z-0123456789ab',
    kind: 'repair',
    status: 'running',
    startedAt: captureReadAt,
    who: { userName: 'vt', hostName: 'desk', processId: 42 },
    topology: 'etcd at localhost:2379',
    plan,
    steps: plan.steps.map(({ title }) => ({ title, status: 'waiting' })),
    ...more,
  };
}
