import type { RunRecord } from '../../src/repair/ports.ts';
import { planOf } from './applyPlan.ts';
import { captureReadAt, loadCapture } from './captures.ts';
import { withRevisions } from './revisions.ts';
import { runOf } from './runs.ts';

/** The record of a run that has just begun to repair capture 12. */
export function begunRun(more: Partial<RunRecord> = {}): RunRecord {
  return {
    ...runOf(planOf(withRevisions(loadCapture('12-reverse-vtctld-killed'))), []),
    id: '20261124T040000000Z-0123456789ab',
    status: 'running',
    startedAt: captureReadAt,
    who: { userName: 'vt', hostName: 'desk', processId: 42 },
    ...more,
  };
}
