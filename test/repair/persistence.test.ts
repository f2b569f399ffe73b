import assert from 'node:assert/strict';
import type { TopologyFailureCode } from '../../src/model/topologyData.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import type { Intervention } from '../support/faultyPorts.ts';
import { killed, lockedByOther, planned } from '../support/killedReverse.ts';

/** The first calls of a name fail, so many of them. */
function failing(name: string, times: number, code: TopologyFailureCode = 'unreachable'): Intervention {
  let left = times;
  return (call, work) => {
    if (call.name !== name || left === 0) return work();
    left -= 1;
    return Promise.reject(new TopologyError({ code, message: `etcd: ${code}.` }));
  };
}

/** How a run ends whose calls are interfered with, and how often it made a call. */
async function ended(intervene: Intervention, name: string) {
  const world = killed();
  const { run, calls } = await world.run(await planned(world), {}, { intervene });
  assert.deepEqual(world.ownLocks(), []);
  return { ...run, made: calls.filter((call) => call === name).length };
}

describe('a run that has written nothing yet', () => {
  for (const name of ['openWriter', 'lock', 'releaseAbandoned', 'read']) {
    it(`calls ${name} again where etcd is not reached for a moment`, async () => {
      const { made: undisturbed } = await ended((_, work) => work(), name);
      const { status, message, made } = await ended(failing(name, 3), name);
      assert.equal(status, 'done', message);
      assert.equal(made, undisturbed + 3);
    });

    it(`ends unchanged, with the reason, where ${name} never reaches etcd`, async () => {
      const { status, message } = await ended(failing(name, Infinity), name);
      assert.equal(status, 'unchanged');
      assert.match(message ?? '', /^No record was changed: etcd: unreachable\./);
    });

    it(`calls ${name} once where etcd refuses`, async () => {
      const { status, message, made } = await ended(failing(name, 1, 'permission-denied'), name);
      assert.equal(status, 'unchanged');
      assert.match(message ?? '', /etcd: permission-denied/);
      assert.equal(made, 1);
    });
  }

  it('waits for a lock once, however long that took', async () => {
    const world = killed();
    const plan = await planned(world);
    lockedByOther(world, 'keyspaces/commerce');
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'unchanged');
    assert.match(run.message ?? '', /keyspaces\/commerce/);
    // Those before it in their order, and itself.
    assert.equal(calls.filter((call) => call === 'lock').length, plan.locks.indexOf('keyspaces/commerce') + 1);
  });

  it('does not call again once it is cancelled', async () => {
    const world = killed();
    const cancel = new AbortController();
    const fail = failing('openWriter', Infinity);
    const intervene: Intervention = (call, work) => {
      if (call.name === 'openWriter') cancel.abort(new Error('cancelled'));
      return fail(call, work);
    };
    const { run, calls } = await world.run(await planned(world), { signal: cancel.signal }, { intervene });
    assert.equal(run.status, 'unchanged');
    assert.equal(calls.filter((call) => call === 'openWriter').length, 1);
  });
});
