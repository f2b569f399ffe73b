import assert from 'node:assert/strict';
import { leftUnrefreshed } from '../../src/history/leftUnrefreshed.ts';
import type { RunRecord, RunStatus, StepStatus } from '../../src/repair/ports.ts';
import { begunRun } from '../support/begunRun.ts';

const begun = begunRun();

/** A run over the steps of capture 12's plan; its locks were released, then it denies, confirms, allows, and applies that. */
function run(status: RunStatus, ...steps: StepStatus[]): RunRecord {
  return {
    ...begun,
    status,
    steps: begun.steps.map((step, index) => ({ ...step, status: ['done' as const, ...steps][index] ?? 'waiting' })),
  };
}

/** Of runs that are all over, newest first. */
const left = (...runs: RunRecord[]): string[] =>
  leftUnrefreshed(runs, () => true).map(({ keyspace, shard }) => `${keyspace}/${shard}`);

const target = ['customer/-80', 'customer/80-'];
const whole = run('done', 'done', 'done', 'done', 'done');

describe('leftUnrefreshed', () => {
  it('gives the shards that a run wrote and did not come to refresh', () => {
    assert.deepEqual(left(run('running', 'running')), ['commerce/0']);
    assert.deepEqual(left(run('running', 'done', 'done', 'done', 'running')), target);
    assert.deepEqual(left(run('stopped', 'done', 'done', 'failed', 'waiting')), target);
  });

  it('gives those whose tablets did not confirm a run that is done', () => {
    assert.deepEqual(left(run('done', 'done', 'done', 'done', 'failed')), target);
    assert.deepEqual(left(whole), []);
  });

  it('leaves out what a later run refreshed, and only that', () => {
    const died = run('running', 'done', 'done', 'done', 'running');
    assert.deepEqual(left(whole, died), []);
    assert.deepEqual(left(run('undone', 'undone', 'done'), died), target);
    assert.deepEqual(left(died, whole), target);
  });

  it('gives nothing of runs that still write, wrote nothing, or took it back', () => {
    const running = run('running', 'done', 'done', 'done', 'running');
    assert.deepEqual(
      leftUnrefreshed([running], () => false),
      [],
    );
    assert.deepEqual(left(run('unchanged', 'failed'), run('undone', 'undone', 'failed')), []);
  });

  it('gives what a run was asked to refresh and did not', () => {
    const { purpose } = begun.plan;
    assert.ok(purpose.kind === 'repair');
    const refresh = [{ keyspace: 'customer', shard: '-80' }];
    const asked = run('running', 'waiting');
    const again = {
      ...asked,
      plan: { ...asked.plan, purpose: { kind: 'repair', request: { ...purpose.request, refresh } } },
    };
    assert.deepEqual(left(again as RunRecord), ['customer/-80']);
  });
});
