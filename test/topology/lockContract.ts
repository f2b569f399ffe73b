import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lock } from '../../src/model/lock.ts';
import type { LockToRelease } from '../../src/model/plan.ts';
import { parseLockContents } from '../../src/records/lockContents.ts';
import type { LockOptions, TopologyWriter } from '../../src/topology/topologyWriter.ts';
import { bytes, topologyError } from './contract.ts';
import {
  foreignLock,
  GLOBAL,
  KEYSPACE,
  leaseOf,
  lockOptions,
  rules,
  shard,
  WHO,
  within,
  WriterBench,
} from './writerBench.ts';
import type { OpenWriterWorld } from './writerBench.ts';

/** What holds for the locks of every writer alike; `open` makes a world of these keys. */
export function lockContract(name: string, open: OpenWriterWorld): void {
  describe(`${name}’s locks`, function () {
    this.timeout(20_000);
    const bench = new WriterBench(open);

    describe('lock', () => {
      it('writes what Vitess writes, under a key that is named after its lease', async () => {
        const writer = await bench.openWriter();
        const before = Date.now();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        assert.deepEqual(await bench.lockKeys(), [GLOBAL + lock.record.path]);
        assert.match(lock.record.path, /^keyspaces\/ks\/locks\/[1-9][0-9]*$/);
        const value = (await bench.world.get(GLOBAL + lock.record.path))?.value ?? assert.fail('no key');
        const contents = parseLockContents(value);
        assert.ok(contents.status === 'loaded');
        const { time = 0, ...rest } = contents.value;
        assert.deepEqual(rest, { action: 'Repair', ...WHO });
        assert.ok(time >= before - 1000 && time <= Date.now());
        const json = JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>;
        assert.deepEqual(Object.keys(json), ['Action', 'HostName', 'UserName', 'Time', 'Options', 'Status']);
        assert.match(String(json['Time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.deepEqual([json['Options'], json['Status']], [{}, 'Running']);
        const { global } = await bench.world.topology.read();
        const lease = global.find(({ path }) => path === lock.record.path)?.lease;
        assert.ok(lease?.kind === 'held');
        assert.equal(lease.id, leaseOf(lock.record));
      });

      it('hangs all locks of a writer on one lease, and close releases them', async () => {
        const writer = await bench.openWriter();
        const first = await writer.lock('internal/named_locks/ks/move', { action: 'Repair' }, lockOptions());
        const second = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        assert.equal(leaseOf(first.record), leaseOf(second.record));
        assert.equal(await writer.close(within()), true);
        assert.deepEqual(await bench.lockKeys(), []);
        assert.deepEqual(await bench.world.keysUnder(`${GLOBAL}internal/`), []);
        assert.equal(writer.lost.aborted, false);
      });

      it('gives the lock to one writer after the other, in the order in which they asked', async () => {
        const [first, second, third] = [await bench.openWriter(), await bench.openWriter(), await bench.openWriter()];
        const got: string[] = [];
        await first.lock(KEYSPACE, { action: 'First' }, lockOptions());
        const waiting = async (writer: TopologyWriter, action: string): Promise<void> => {
          await writer.lock(KEYSPACE, { action }, lockOptions());
          got.push(action);
        };
        const secondWaits = waiting(second, 'Second');
        while ((await bench.lockKeys()).length < 2) await delay(5);
        const thirdWaits = waiting(third, 'Third');
        while ((await bench.lockKeys()).length < 3) await delay(5);
        assert.deepEqual(got, []);
        await first.close(within());
        await secondWaits;
        await delay(400);
        assert.deepEqual(got, ['Second']);
        await second.close(within());
        await thirdWaits;
        assert.deepEqual(got, ['Second', 'Third']);
      });

      it('waits for Vitess’s holders, oldest first, and says who they are', async () => {
        const [oldest, next] = [await bench.foreign('SwitchReads'), await bench.foreign('SwitchWrites')];
        const writer = await bench.openWriter();
        const told: (readonly Pick<Lock, 'lockedPath' | 'contents'>[])[] = [];
        const onWait: LockOptions['onWait'] = (holders) => told.push(holders);
        let held = false;
        const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ onWait })).then((lock) => {
          held = true;
          return lock;
        });
        while (told.length < 1) await delay(5);
        await bench.world.revokeLease(oldest.lease);
        while (told.length < 2) await delay(5);
        assert.equal(held, false);
        await bench.world.revokeLease(next.lease);
        await locking;
        const actions = told.map((holders) =>
          holders.map(({ contents }) => (contents.status === 'loaded' ? contents.value.action : undefined)),
        );
        assert.deepEqual(actions, [['SwitchReads', 'SwitchWrites'], ['SwitchWrites']]);
        assert.ok(told.flat().every(({ lockedPath }) => lockedPath === KEYSPACE));
      });

      it('is older than a Vitess locker that comes later, which finds it', async () => {
        const writer = await bench.openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        const { key } = await bench.foreign();
        const ours = await bench.world.get(GLOBAL + lock.record.path);
        const theirs = await bench.world.get(key);
        assert.ok(BigInt(ours?.modRevision ?? 0) < BigInt(theirs?.modRevision ?? 0));
        assert.equal(
          (await bench.commit(writer, [{ record: shard('0'), value: bytes('x'), modRevision: '0' }])).status,
          'committed',
        );
        assert.equal((await bench.world.get(GLOBAL + lock.record.path))?.modRevision, ours?.modRevision);
      });

      it('rejects with timeout, names the holder and leaves nothing when the holder stays', async () => {
        const { key } = await bench.foreign();
        const writer = await bench.openWriter();
        const says = [KEYSPACE, 'vt@vtctld-host for SwitchWrites, since 2026-11-24T02:01:58Z', '0.3 s'];
        await assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ waitMs: 300 })),
          topologyError('timeout', ...says),
        );
        assert.deepEqual(await bench.lockKeys(), [key]);
        assert.equal(writer.lost.aborted, false);
      });

      it('rejects with cancelled and leaves nothing when its wait is cancelled', async () => {
        const { key, lease } = await bench.foreign();
        const writer = await bench.openWriter();
        const controller = new AbortController();
        const onWait = (): void => {
          controller.abort();
        };
        await assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ signal: controller.signal, onWait })),
          topologyError('cancelled', KEYSPACE),
        );
        assert.deepEqual(await bench.lockKeys(), [key]);
        await bench.world.revokeLease(lease);
        await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
      });

      it('rejects, and is lost, when its key is taken away while it waits', async () => {
        const { key } = await bench.foreign();
        const writer = await bench.openWriter();
        const locking = assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()),
          topologyError('changed', KEYSPACE),
        );
        while ((await bench.lockKeys()).length < 2) await delay(5);
        for (const other of await bench.lockKeys()) if (other !== key) await bench.world.remove(other);
        await locking;
        assert.ok(writer.lost.aborted);
      });

      it('refuses a lock that the writer has', async () => {
        const writer = await bench.openWriter();
        await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await assert.rejects(writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()), /already held/);
        assert.equal((await bench.lockKeys()).length, 1);
      });
    });

    describe('lost', () => {
      it('aborts soon after the lease was revoked by another, and nothing more is written', async () => {
        const writer = await bench.openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        const aborted = new Promise<void>((resolve) => {
          writer.lost.addEventListener('abort', () => {
            resolve();
          });
        });
        await bench.world.revokeLease(leaseOf(lock.record));
        await aborted;
        assert.ok(topologyError('changed', 'lease')(writer.lost.reason));
        const write = { record: rules, value: bytes('x'), modRevision: await bench.revisionOf(rules) };
        const result = await bench.commit(writer, [write]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
        assert.equal(await bench.textOf(rules), 'rules');
        assert.equal(await writer.close(within()), true);
      });

      it('does not abort while the lease is renewed', async () => {
        const writer = await bench.openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await delay(3500);
        assert.equal(writer.lost.aborted, false);
        assert.deepEqual(await bench.lockKeys(), [GLOBAL + lock.record.path]);
      });
    });

    describe('releaseAbandoned', () => {
      const toRelease = async (key: string, leaseId: string | undefined): Promise<LockToRelease> => ({
        record: { path: key.slice(GLOBAL.length) },
        lockedPath: KEYSPACE,
        holder: 'vt@vtctld-host',
        evidence: 'it is old',
        modRevision: (await bench.world.get(key))?.modRevision ?? assert.fail('no key'),
        leaseId,
      });
      const never = (): boolean => assert.fail('judged without need');

      it('revokes the lease of a lock, judged as it is', async () => {
        const { key, lease } = await bench.foreign();
        const lock = await toRelease(key, lease);
        const judged: Lock[] = [];
        const judge = (now: Lock): boolean => judged.push(now) > 0;
        assert.equal(await (await bench.openWriter()).releaseAbandoned(lock, judge, within()), true);
        assert.deepEqual(await bench.lockKeys(), []);
        const [now] = judged;
        assert.deepEqual([now?.record, now?.lockedPath, now?.modRevision], [lock.record, KEYSPACE, lock.modRevision]);
        assert.ok(now?.lease.kind === 'held' && now.lease.id === lease);
        assert.ok(now.contents.status === 'loaded' && now.contents.value.action === 'SwitchWrites');
      });

      it('deletes the key of a lock without a lease', async () => {
        const key = `${GLOBAL}${KEYSPACE}/locks/7668682433167134114`;
        await bench.world.put(key, foreignLock('SwitchWrites'));
        const lock = await toRelease(key, undefined);
        const judged: Lock[] = [];
        const judge = (now: Lock): boolean => judged.push(now) > 0;
        assert.equal(await (await bench.openWriter()).releaseAbandoned(lock, judge, within()), true);
        assert.deepEqual(judged[0]?.lease, { kind: 'none' });
        assert.deepEqual(await bench.lockKeys(), []);
      });

      it('gives false for a lock that is gone', async () => {
        const { key, lease } = await bench.foreign();
        const lock = await toRelease(key, lease);
        await bench.world.revokeLease(lease);
        assert.equal(await (await bench.openWriter()).releaseAbandoned(lock, never, within()), false);
      });

      it('leaves a lock that shows life', async () => {
        const { key, lease } = await bench.foreign();
        const lock = await toRelease(key, lease);
        const releasing = (await bench.openWriter()).releaseAbandoned(lock, () => false, within());
        await assert.rejects(releasing, topologyError('changed', KEYSPACE, 'shows life'));
        assert.deepEqual(await bench.lockKeys(), [key]);
      });

      it('leaves a lock whose key was written since', async () => {
        const { key, lease } = await bench.foreign();
        const lock = await toRelease(key, lease);
        await bench.world.put(key, foreignLock('SwitchReads'), lease);
        const releasing = (await bench.openWriter()).releaseAbandoned(lock, never, within());
        await assert.rejects(releasing, topologyError('changed', 'written since'));
        assert.deepEqual(await bench.lockKeys(), [key]);
      });

      it('leaves a lock whose key hangs on another lease now', async () => {
        const key = `${GLOBAL}${KEYSPACE}/locks/7668682433167134114`;
        await bench.world.put(key, foreignLock('SwitchWrites'));
        const lock = await toRelease(key, undefined);
        await bench.world.put(key, foreignLock('SwitchWrites'), await bench.world.grantLease());
        const releasing = (await bench.openWriter()).releaseAbandoned(lock, never, within());
        await assert.rejects(releasing, topologyError('changed'));
        assert.deepEqual(await bench.lockKeys(), [key]);
      });
    });
  });
}
