import assert from 'node:assert/strict';
import { globalRecord } from '../../src/model/record.ts';
import type { StepStatus } from '../../src/repair/ports.ts';
import { unrefreshedWords } from '../../src/repair/unrefreshed.ts';
import { planOf } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';

const plan = planOf(loadCapture('12-reverse-vtctld-killed'));
const source = globalRecord.shard('commerce', '0');
const target = globalRecord.shard('customer', '-80');
/** Deny, confirm-deny, allow, apply-allow. */
const after = (...statuses: StepStatus[]) => ({ plan, steps: statuses.map((status) => ({ title: '', status })) });

describe('unrefreshedWords', () => {
  it('says how to refresh the shards that were written and not refreshed', () => {
    const words = unrefreshedWords(after('done', 'done', 'failed', 'waiting'), [source, target]) ?? '';
    assert.match(words, /RefreshStateByShard customer\/-80/);
    assert.doesNotMatch(words, /commerce\/0|customer\/80-/);
  });

  it('says nothing of shards whose tablets confirmed, nor of those that were not written', () => {
    assert.equal(unrefreshedWords(after('done', 'done', 'waiting', 'waiting'), [source]), undefined);
    assert.equal(unrefreshedWords(after('waiting', 'waiting', 'waiting', 'waiting'), []), undefined);
  });
});
