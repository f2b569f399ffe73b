import assert from 'node:assert/strict';
import { globalRecord } from '../../src/model/record.ts';
import { leftUnrefreshed } from '../../src/history/leftUnrefreshed.ts';
import { loadCapture } from '../support/captures.ts';
import { withDenied } from '../support/edit.ts';
import { planned, rightBefore } from '../support/killedReverse.ts';
import { RunWorld } from '../support/runWorld.ts';
import { wholeKeys } from '../topology/contract.ts';

const source = globalRecord.shard('commerce', '0');

/** The rules lead to customer, and both sides accept writes; `denied` are tables that customer/-80 denies all the same. */
function bothAccept(denied: readonly string[] = []): RunWorld {
  const open = withDenied(loadCapture('04-all-switched'), 'commerce', '0', []);
  return new RunWorld(wholeKeys(withDenied(open, 'customer', '-80', denied)));
}

/** How a run ends in which the denied side's primary does not answer. */
async function unconfirmed(world: RunWorld) {
  world.tablets.silent.set('commerce/0', 'it is down');
  const { run } = await world.run(await planned(world));
  return run;
}

describe('a repair that closes a side which accepts the same tables as the other', () => {
  it('only denies, and has that confirmed', async () => {
    const { steps } = await planned(bothAccept());
    assert.deepEqual(
      steps.map((step) => ('phase' in step ? step.phase : 'purpose' in step ? step.purpose : step.kind)),
      ['deny', 'confirm-deny'],
    );
  });

  it('keeps what it denied where a primary does not confirm: taking it back would leave both sides open', async () => {
    const world = bothAccept();
    const run = await unconfirmed(world);
    assert.equal(run.status, 'stopped');
    assert.match(
      run.message ?? '',
      /Not every primary confirmed.*What was denied still stands in keyspaces\/commerce\/shards\/0\/Shard: taking it back would let both sides accept .*RefreshStateByShard commerce\/0/,
    );
    assert.deepEqual(await errors(world), []);
    // The tablet that was down reads its record when it starts.
    world.tablets.silent.clear();
    await world.tablets.refresh([{ keyspace: 'commerce', shard: '0', tablets: [], unread: [] }]);
    assert.equal(world.tablets.mayAccept({ keyspace: 'commerce', shard: '0' }, 'corder'), false);
    assert.deepEqual(
      leftUnrefreshed([run], () => true),
      [{ keyspace: 'commerce', shard: '0' }],
    );
  });

  it('keeps it also where more was to be allowed, and the next repair finishes that', async () => {
    const world = bothAccept(['corder']);
    const run = await unconfirmed(world);
    assert.equal(run.status, 'stopped', run.message);
    assert.match(run.message ?? '', /would let both sides accept/);
    world.tablets.silent.clear();
    const { run: next } = await world.run(await planned(world));
    assert.equal(next.status, 'done', next.message);
    assert.deepEqual(await errors(world), []);
  });

  it('takes it back where the other side has closed meanwhile', async () => {
    const world = bothAccept();
    const before = world.bytes(source);
    world.tablets.silent.set('commerce/0', 'it is down');
    const plan = await planned(world);
    const intervene = rightBefore('refresh', 1, () => {
      for (const shard of ['-80', '80-']) {
        const record = globalRecord.shard('customer', shard);
        const closed = wholeKeys(withDenied(loadCapture('04-all-switched'), 'customer', shard, ['corder', 'customer']));
        world.write(record, closed.get(world.store.globalKey(record.path)) ?? assert.fail(record.path));
      }
    });
    const { run } = await world.run(plan, {}, { intervene });
    assert.equal(run.status, 'undone', run.message);
    assert.deepEqual(world.bytes(source), before);
  });
});

async function errors(world: RunWorld): Promise<string[]> {
  const { findings } = (await world.read()).diagnosed;
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}
