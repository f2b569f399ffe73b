import assert from 'node:assert/strict';
import { writeLockContents } from '../../src/records/lockContents.ts';
import { planUndo } from '../../src/repair/planUndo.ts';
import type { Intervention } from '../support/faultyPorts.ts';
import type { RunWorld } from '../support/runWorld.ts';

import { killed, lockedByOther, opened, planned, rightBefore, target } from '../support/killedReverse.ts';

describe('executePlan', () => {
  it('repairs what a killed vtctld left, in the order that opens no second side', async () => {
    const world = killed();
    const { run, calls } = await world.run(await planned(world));
    assert.equal(run.status, 'done');
    assert.equal(run.message, 'Verified: all 7 findings are gone.');
    assert.deepEqual(
      calls.filter((name) => name !== 'save'),
      [
        'openWriter',
        ...['read', 'releaseAbandoned', 'read', 'releaseAbandoned', 'read', 'releaseAbandoned'],
        ...['lock', 'lock', 'lock', 'lock', 'read'],
        ...['commit', 'refresh', 'commit', 'refresh'],
        ...['close', 'read'],
      ],
    );
    assert.deepEqual(
      run.steps.map(({ status }) => status),
      ['done', 'done', 'done', 'done', 'done'],
    );
    assert.deepEqual(world.bothOpen, []);
    assert.deepEqual(world.ownLocks(), []);
    assert.deepEqual(world.history.load(run.id), run);
  });

  it('records each step before and after it', async () => {
    const world = killed();
    const seen: string[] = [];
    const intervene: Intervention = (call, work) => {
      if (call.name === 'save') return work();
      const [saved] = [...world.history.all()];
      seen.push(`${call.name}: ${saved?.steps.map(({ status }) => status[0]).join('') ?? 'nothing'}`);
      return work();
    };
    await world.run(await planned(world), {}, { intervene });
    assert.deepEqual(
      seen.filter((words) => /^(openWriter|lock|commit|refresh|close)/.test(words)),
      [
        'openWriter: wwwww',
        ...['lock: dwwww', 'lock: dwwww', 'lock: dwwww', 'lock: dwwww'],
        ...['commit: drwww', 'refresh: ddrww', 'commit: dddrw', 'refresh: ddddr', 'close: ddddd'],
      ],
    );
  });

  it('takes nothing but a plan with a revision', async () => {
    const world = killed();
    const plan = { ...(await planned(world)), revision: undefined };
    await assert.rejects(world.run(plan), /can only be shown/);
  });

  it('is not disturbed by whoever watches it', async () => {
    const world = killed();
    const onProgress = (): void => {
      throw new Error('the view is gone');
    };
    assert.equal((await world.run(await planned(world), { onProgress })).run.status, 'done');
  });

  it('takes back a whole repair when it undoes it', async () => {
    const world = killed();
    const before = world.records();
    const { run } = await world.run(await planned(world));
    const replan: NonNullable<Parameters<RunWorld['run']>[1]>['replan'] = (topology, options) => {
      const result = planUndo(run, topology, options);
      return 'plan' in result ? result.plan : undefined;
    };
    const plan = replan(await world.read(), { ownLocks: [] }) ?? assert.fail('no undo');
    const { run: undo } = await world.run(plan, { kind: 'undo', undoes: run.id, replan });
    assert.equal(undo.status, 'done', undo.message);
    assert.equal(undo.message, 'The records are as planned.');
    assert.deepEqual(world.records(), before);
    assert.deepEqual(world.bothOpen, []);
  });

  it('only releases locks where that is the whole plan', async () => {
    const world = killed();
    await world.run(await planned(world));
    world.store.put(
      world.store.globalKey('keyspaces/commerce/locks/9'),
      writeLockContents({ action: 'Reshard', hostName: 'gone', userName: 'vt', time: 0 }),
    );
    const plan = await planned(world);
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'done', run.message);
    assert.ok(!calls.includes('lock') && !calls.includes('commit'));
  });
});

describe('executePlan before it writes', () => {
  it('stops when a record is not as in the preview, and names it', async () => {
    const world = killed();
    const plan = await planned(world);
    world.write(target, opened);
    const before = world.records();
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'unchanged');
    assert.match(
      run.message ?? '',
      /Changed since the preview: .*keyspaces\/customer\/shards\/-80\/Shard.*; diagnose again\./,
    );
    assert.deepEqual(world.records(), before);
    assert.ok(!calls.includes('commit'));
  });

  it('goes on when a record was only written again as it was', async () => {
    const world = killed();
    for (const key of [...world.store.keys.keys()]) if (key.includes('/locks/')) world.store.delete(key);
    const plan = await planned(world);
    world.write(target, world.bytes(target));
    assert.equal((await world.run(plan)).run.status, 'done');
  });

  it('stops when someone else has repaired everything', async () => {
    const world = killed();
    const plan = await planned(world);
    await world.run(plan);
    const { run } = await world.run(plan);
    assert.equal(run.status, 'unchanged');
    assert.match(run.message ?? '', /nothing is left to do; diagnose again/);
  });

  it('says whose lock it waits for, and is cancelled at once', async () => {
    const world = killed();
    const plan = await planned(world);
    const cancel = new AbortController();
    const words: string[] = [];
    const onProgress = (_: unknown, said?: string): void => {
      if (said?.startsWith('Waiting for the lock') !== true) return;
      words.push(said);
      cancel.abort();
    };
    const intervene = rightBefore('lock', 1, () => {
      lockedByOther(world, 'keyspaces/customer');
    });
    const { run } = await world.run(plan, { signal: cancel.signal, onProgress }, { intervene });
    assert.equal(run.status, 'unchanged');
    assert.match(
      words[0] ?? '',
      /^Waiting for the lock on keyspaces\/customer, held by vt@vtctld-b for SwitchWrites, since 2/,
    );
    assert.match(run.message ?? '', /was cancelled.* Released were the abandoned locks on internal/);
    assert.deepEqual(world.ownLocks(), []);
  });

  it('does not release a lock that shows life again', async () => {
    const world = killed();
    const plan = await planned(world);
    const key = world.store.globalKey('keyspaces/commerce/locks/7668682433167134119');
    world.store.put(key, world.store.keys.get(key) ?? assert.fail('no lock'), world.store.grant());
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'unchanged');
    assert.match(run.message ?? '', /lock on keyspaces\/commerce .* is not released: its key was written since/);
    assert.ok(world.store.keys.has(key) && !calls.includes('lock'));
  });

  it('does not release a lock while records that its holder would write are written', async () => {
    const world = killed();
    const plan = await planned(world);
    world.write(target, world.bytes(target));
    const { run, calls } = await world.run(plan);
    assert.equal(run.status, 'unchanged');
    assert.match(
      run.message ?? '',
      /Changed since the preview: keyspaces\/customer\/shards\/-80\/Shard, so the holder of the lock on internal\/named_locks\/.* may be at work; diagnose again/,
    );
    assert.ok(!calls.includes('releaseAbandoned'));
  });

  it('does not begin what cannot be recorded', async () => {
    const world = killed();
    const intervene: Intervention = (call, work) =>
      call.name === 'save' ? Promise.reject(new Error('ENOSPC: no space left on device')) : work();
    const { run, calls } = await world.run(await planned(world), {}, { intervene });
    assert.equal(run.status, 'unchanged');
    assert.equal(run.message, 'Nothing was begun. The run could not be recorded: ENOSPC: no space left on device.');
    assert.deepEqual(new Set(calls), new Set(['save']));
  });

  it('refuses a record that no transaction takes, before it denies anything', async () => {
    const world = killed();
    const before = world.records();
    const writerLimits = { operations: 128, bytes: 2500 };
    const { run, calls } = await world.run(await planned(world), {}, { writerLimits });
    assert.equal(run.status, 'unchanged');
    assert.match(run.message ?? '', /more than etcd takes in one transaction/);
    assert.ok(!calls.includes('commit'));
    assert.deepEqual(world.records(), before);
  });
});
