import assert from 'node:assert/strict';
import { wholeKeys } from '../topology/contract.ts';
import { loadCapture } from '../support/captures.ts';
import { RunWorld } from '../support/runWorld.ts';

const killed = () => new RunWorld(wholeKeys(loadCapture('12-reverse-vtctld-killed')));

describe('executePlan', () => {
  it('repairs what a killed vtctld left', async () => {
    const world = killed();
    const plan = await world.plan();
    assert.ok(plan);
    const { run } = await world.run(plan);
    assert.equal(run.status, 'done');
  });
});
