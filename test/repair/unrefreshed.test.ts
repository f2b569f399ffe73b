import assert from 'node:assert/strict';
import { globalRecord } from '../../src/model/record.ts';
import type { StepStatus } from '../../src/repair/ports.ts';
import { unrefreshedShards, unrefreshedWords, unrefreshedWhenCutOff } from '../../src/repair/unrefreshed.ts';
import { planOf } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';

const plan = planOf(loadCapture('12-reverse-vtctld-killed'));
const source = globalRecord.shard('commerce', '0');
const target = globalRecord.shard('customer', '-80');
/** Deny, confirm-deny, allow, apply-allow. */
const after = (...statuses: StepStatus[]) => ({ plan, steps: statuses.map((status) => ({ title: '', status })) });

describe('unrefreshedWords', () => {
  it('says how to refresh the shards that were written and not refreshed', () => {
    const words =
      unrefreshedWords(unrefreshedShards(after('done', 'done', 'failed', 'waiting'), [source, target])) ?? '';
    assert.match(words, /RefreshStateByShard customer\/-80/);
    assert.doesNotMatch(words, /commerce\/0|customer\/80-/);
  });

  it('says nothing of shards whose tablets confirmed, nor of those that were not written', () => {
    assert.equal(unrefreshedWords(unrefreshedShards(after('done', 'done', 'waiting', 'waiting'), [source])), undefined);
    assert.deepEqual(unrefreshedShards(after('waiting', 'waiting', 'waiting', 'waiting'), []), []);
  });
});

describe('unrefreshedWhenCutOff', () => {
  const names = (...statuses: StepStatus[]) =>
    unrefreshedWhenCutOff(after(...statuses)).map(({ keyspace, shard }) => `${keyspace}/${shard}`);

  it('counts whatever was begun as written', () => {
    assert.deepEqual(names('running', 'waiting', 'waiting', 'waiting'), ['commerce/0']);
    assert.deepEqual(names('done', 'done', 'running', 'waiting'), ['customer/-80', 'customer/80-']);
    assert.deepEqual(names('done', 'done', 'done', 'done'), []);
  });
});
