import assert from 'node:assert/strict';
import type { Plan, ShardName } from '../../src/model/plan.ts';
import { runFromText, runToText } from '../../src/history/runText.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { planOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { killed, planned } from '../support/killedReverse.ts';
import { repairOfAll, targets, type RunWorld } from '../support/runWorld.ts';

const request = (refresh: readonly ShardName[]) => ({ ...repairOfAll, refresh });

/** The plan for tablets that may not know what is written, where nothing else is to be repaired. */
async function refreshOf(world: RunWorld): Promise<Plan> {
  await world.run(await planned(world));
  return planRepair(request(targets), await world.read()).plan ?? assert.fail('nothing is planned');
}

function run(world: RunWorld, plan: Plan): Promise<{ run: RunRecord }> {
  return world.run(plan, { replan: (topology, options) => planRepair(request(targets), topology, options).plan });
}

describe('a repair after a run that was cut off', () => {
  const data = loadCapture('12-reverse-vtctld-killed');

  it('refreshes in the end the shards that no step of it refreshes', () => {
    const [before, after] = [planOf(data), planOf(data, { refresh: [{ keyspace: 'other', shard: '0' }, ...targets] })];
    assert.deepEqual(stepLines(after).slice(0, -1), stepLines(before).slice(0, -1));
    assert.equal(stepLines(after).at(-1), 'apply-allow customer/-80 customer/80- other/0');
    assert.deepEqual(stepLines(planOf(data, { refresh: [{ keyspace: 'commerce', shard: '0' }] })), stepLines(before));
  });

  it('only refreshes where the records are right already', async () => {
    const world = killed();
    const plan = await refreshOf(world);
    assert.deepEqual(stepLines(plan), ['apply-allow customer/-80 customer/80-']);
    assert.deepEqual([plan.findings, plan.locks, plan.keyspaces], [[], [], ['customer']]);
    const records = world.records();
    const { run: refreshed } = await run(world, plan);
    assert.equal(refreshed.status, 'done');
    assert.match(refreshed.message ?? '', /Every tablet that was asked has read its Shard record again/);
    assert.deepEqual(world.records(), records);
    assert.deepEqual(runFromText(runToText(refreshed)), { status: 'loaded', value: refreshed });
  });

  it('says which tablets did not answer, and is not done then', async () => {
    const world = killed();
    const plan = await refreshOf(world);
    world.tablets.silent.set('customer/80-', 'it is down');
    const { run: refreshed } = await run(world, plan);
    assert.equal(refreshed.status, 'unchanged');
    assert.match(
      refreshed.message ?? '',
      /Not every tablet was refreshed\. customer\/80-: .* it is down\..*RefreshState/,
    );
  });
});
