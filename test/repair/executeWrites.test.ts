import assert from 'node:assert/strict';
import { planChanges } from '../../src/model/plan.ts';
import { guardsOf } from '../../src/repair/transactions.ts';
import { refreshShard } from '../../src/diagnose/commandList.ts';
import { globalRecord } from '../../src/model/record.ts';
import { defaultExecuteLimits } from '../../src/repair/executeOptions.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import { withFailedCell } from '../support/edit.ts';
import type { Intervention } from '../support/faultyPorts.ts';

import { denied, killed, lockedByOther, opened, planned, rightBefore, target } from '../support/killedReverse.ts';

describe('executePlan when a primary does not confirm what it denies', () => {
  it('takes back what it denied and names the primary and why', async () => {
    const world = killed();
    const before = world.records();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const { run } = await world.run(await planned(world));
    assert.equal(run.status, 'undone');
    assert.match(
      run.message ?? '',
      /^Nothing was allowed: Not every primary confirmed what it denies\. commerce\/0: the primary zone1-0000000100 did not confirm: connection refused\. What was denied was taken back: keyspaces\/commerce\/shards\/0\/Shard\./,
    );
    assert.deepEqual(
      run.steps.map(({ status }) => status),
      ['done', 'undone', 'failed', 'skipped', 'skipped'],
    );
    assert.deepEqual(world.records(), before);
  });

  it('goes on for a keyspace that is forced, and records that', async () => {
    const world = killed();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const { run } = await world.run(await planned(world), { forcedKeyspaces: new Set(['commerce']) });
    assert.equal(run.status, 'done');
    assert.match(
      run.message ?? '',
      /Forced, gone on without a confirmation\. commerce\/0: the primary zone1-0000000100 did not/,
    );
    assert.match(run.steps[2]?.message ?? '', /connection refused.* Forced\.$/);
  });

  it('takes back also when it is cancelled meanwhile', async () => {
    const world = killed();
    const before = world.records();
    const cancel = new AbortController();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const intervene = rightBefore('refresh', 1, () => cancel.abort());
    const { run } = await world.run(await planned(world), { signal: cancel.signal }, { intervene });
    assert.equal(run.status, 'undone');
    assert.deepEqual(world.records(), before);
  });

  it('takes nothing back that would open both sides', async () => {
    const world = killed();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const intervene = rightBefore('refresh', 1, () => world.write(target, opened));
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /What was denied still stands in keyspaces\/commerce\/shards\/0\/Shard: taking it back would let both sides accept corder in customer\/-80 and commerce\/0/,
    );
  });

  it('looks again when others write while it takes back', async () => {
    const world = killed();
    const before = world.records();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const intervene = rightBefore('commit', 2, () => world.write(target, world.bytes(target)));
    const { run, calls } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'undone', run.message);
    assert.deepEqual(world.records(), before);
    assert.equal(calls.filter((name) => name === 'commit').length, 3);
  });

  it('says so when it is not known whether that was taken back', async () => {
    const world = killed();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const intervene = rightBefore('commit', 2, () => {
      throw new TopologyError({ code: 'unknown-outcome', message: 'The answer was lost.' });
    });
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /It is not known whether what was denied still stands in keyspaces\/commerce\/shards\/0\/Shard: The answer was lost\. As planned now: /,
    );
  });

  it('leaves what someone else changed since', async () => {
    const world = killed();
    world.tablets.silent.set('commerce/0', 'connection refused');
    const intervene = rightBefore('refresh', 1, () => world.write(denied, world.bytes(denied)));
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(run.message ?? '', /someone else changed it since\. .*Next: diagnose again/);
  });
});

describe('executePlan while it writes', () => {
  it('says who took a shard’s lock when that stops it', async () => {
    const world = killed();
    const intervene = rightBefore('commit', 2, () => lockedByOther(world, 'keyspaces/customer/shards/-80'));
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'undone');
    assert.match(
      run.message ?? '',
      /In the meantime keyspaces\/customer\/shards\/-80 was locked by vt@vtctld-b for SwitchWrites, since .*, so this was not written\./,
    );
  });

  it('writes in ordered parts where one transaction cannot take all', async () => {
    const world = killed();
    const plan = await planned(world);
    const writerLimits = { operations: guardsOf(plan).length + 1, bytes: 1024 * 1024 };
    const { run, calls } = await world.run(plan, {}, { writerLimits });
    assert.equal(run.status, 'done', run.message);
    assert.equal(calls.filter((name) => name === 'commit').length, planChanges(plan).length);
    assert.deepEqual(world.bothOpen, []);
  });

  it('stops between parts when someone else writes, and says what stands', async () => {
    const world = killed();
    const plan = await planned(world);
    const writerLimits = { operations: guardsOf(plan).length + 1, bytes: 1024 * 1024 };
    const rules = globalRecord.routingRules;
    const intervene = rightBefore('commit', 3, () => world.write(rules, world.bytes(rules)));
    const { run } = await world.run(plan, {}, { writerLimits, intervene });
    assert.equal(run.status, 'stopped');
    assert.equal(
      run.message,
      'In the meantime someone else changed RoutingRules, so this was not written. Written before: keyspaces/customer/shards/-80/Shard. ' +
        'What was written before stands. As planned now: keyspaces/commerce/shards/0/Shard and keyspaces/customer/shards/-80/Shard. ' +
        'As before the run: keyspaces/customer/shards/80-/Shard and zone1/SrvVSchema. Next: diagnose again, and repair what that finds. ' +
        `Tablets may not know yet what was written. Refresh their tablets by hand: ${refreshShard('customer', '-80')}`,
    );
  });

  it('writes cells of another cluster after the global root', async () => {
    const world = killed({ cellClusters: new Map([['zone1', 'elsewhere']]) });
    const plan = await planned(world);
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'done', run.message);
    assert.equal(calls.filter((name) => name === 'commit').length, 3);
    const [shard, cell] = ['global/keyspaces/customer/shards/80-/Shard', 'zone1/SrvVSchema'].map((name) =>
      BigInt(world.store.revisionOf(`/vitess/${name}`)),
    );
    assert.ok(shard !== undefined && cell !== undefined && shard < cell);
  });

  it('tries again what fails for a reason that passes, within three times a call’s limit', async () => {
    const world = killed();
    const before = world.records();
    const times: number[] = [];
    const intervene: Intervention = (call, work) => {
      if (call.name !== 'commit') return work();
      times.push(world.clock.now());
      return Promise.reject(new TopologyError({ code: 'unreachable', message: 'etcd does not answer.' }));
    };
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'unchanged');
    const [first = 0] = times;
    assert.deepEqual(
      times.slice(0, 6).map((time) => time - first),
      [0, 250, 750, 1750, 3750, 5750],
    );
    assert.ok((times.at(-1) ?? 0) - first < 3 * defaultExecuteLimits.callMs);
    assert.deepEqual(world.records(), before);
  });

  it('goes on to the end when the history takes no more, and says so', async () => {
    const world = killed();
    let committed = false;
    const intervene: Intervention = (call, work) => {
      if (call.name === 'commit') committed = true;
      return call.name === 'save' && committed ? Promise.reject(new Error('ENOSPC')) : work();
    };
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'done');
    assert.equal(run.message, 'Verified: all 7 findings are gone. The run could not be recorded: ENOSPC.');
    assert.ok(world.words.includes('The run could not be recorded: ENOSPC.'));
    assert.equal(world.history.load(run.id)?.status, 'running');
  });

  it('writes nothing more once its lease is lost', async () => {
    const world = killed();
    const intervene = rightBefore('refresh', 1, () => world.expireOwnLocks());
    const { run, calls } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /The locks were lost.* Without its locks the run takes nothing back: what it denied stands\./,
    );
    assert.equal(calls.filter((name) => name === 'commit').length, 1);
  });
});

describe('executePlan after it has written', () => {
  it('is not done when the same tables fail in another way', async () => {
    const world = killed();
    const before = world.bytes(target);
    const intervene = rightBefore('close', 1, () => world.write(target, before));
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /^Written, and new since the run began: both-sides-denied in keyspaces\/customer\/shards\/-80\/Shard and shards-disagree in .*\. Next: /,
    );
  });

  it('is not done while a finding of the plan is still there', async () => {
    const world = killed();
    const [before, stale] = [world.bytes(denied), world.store.keys.get('/vitess/zone1/SrvVSchema')];
    const intervene = rightBefore('close', 1, () => {
      world.write(denied, before);
      world.store.put('/vitess/zone1/SrvVSchema', stale ?? assert.fail('no SrvVSchema'));
    });
    const { run } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /^Written, and still there: other-side-not-denied in keyspaces\/commerce\/shards\/0\/Shard and stale-srv-vschema in zone1\/SrvVSchema\. Next: /,
    );
  });

  it('is not done when a cell cannot be read again', async () => {
    const world = killed();
    let closed = false;
    const { topology } = world;
    const unread = {
      description: topology.description,
      openWriter: topology.openWriter.bind(topology),
      close: () => topology.close(),
      read: async () => {
        const data = await topology.read();
        return closed ? withFailedCell(data, 'zone1') : data;
      },
    };
    const intervene = rightBefore('close', 1, () => {
      closed = true;
    });
    const { run } = await world.run(await planned(world), {}, { intervene, topology: unread });
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /^Written, not verified, because these could not be read: cells\/zone1\/CellInfo\./,
    );
  });

  it('lists the tablets that did not confirm what is allowed', async () => {
    const world = killed();
    world.tablets.silent.set('customer/80-', 'connection refused');
    const { run } = await world.run(await planned(world));
    assert.equal(run.status, 'done');
    assert.equal(run.steps.at(-1)?.status, 'failed');
    assert.match(
      run.message ?? '',
      /customer\/80-: the primary zone1-0000000300 did not confirm: connection refused\./,
    );
  });
});
