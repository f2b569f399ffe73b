import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lock } from '../../src/model/lock.ts';
import type { LockToRelease } from '../../src/model/plan.ts';
import type { RecordId } from '../../src/model/record.ts';
import { parseLockContents } from '../../src/records/lockContents.ts';
import { isWritable } from '../../src/topology/topologyWriter.ts';
import type {
  CommitResult,
  LockOptions,
  TopologyWriter,
  WritableTopology,
  WriteTransaction,
} from '../../src/topology/topologyWriter.ts';
import { bytes, smallWorld, topologyError } from './contract.ts';

/** A writable topology with what others do to its keys. */
export interface WriterWorld {
  readonly topology: WritableTopology;
  /** Another's write of a whole key. */
  put(key: string, value: Uint8Array, leaseId?: string): Promise<void>;
  remove(key: string): Promise<void>;
  get(key: string): Promise<{ readonly value: Uint8Array; readonly modRevision: string } | undefined>;
  /** Whole keys with this beginning. */
  keysUnder(prefix: string): Promise<readonly string[]>;
  grantLease(): Promise<string>;
  revokeLease(leaseId: string): Promise<void>;
  close(): Promise<void>;
}

export const GLOBAL = '/vitess/global/';
export const WHO = { hostName: 'workstation', userName: 'op' };
export const KEYSPACE = 'keyspaces/ks';
export const shard = (name: string): RecordId => ({ path: `${KEYSPACE}/shards/${name}/Shard` });
export const rules: RecordId = { path: 'RoutingRules' };

/** What Vitess writes into a lock's key. */
export const foreignLock = (action: string): Uint8Array =>
  bytes(
    `{"Action":"${action}","HostName":"vtctld-host","UserName":"vt","Time":"2026-11-24T02:01:58Z","Options":{},"Status":"Running"}`,
  );

/** A signal for calls that are not to end early. */
export function within(milliseconds = 15_000): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(milliseconds) };
}

export function lockOptions(options: Partial<LockOptions> = {}): LockOptions {
  return { ...within(), waitMs: 10_000, onWait: () => undefined, ...options };
}

/** The world that writers are tested on: two shards, rules, and two cells. */
export function writerKeys(more: Readonly<Record<string, Uint8Array>> = {}): Map<string, Uint8Array> {
  return smallWorld({
    [`${GLOBAL}${shard('-80').path}`]: bytes('left'),
    [`${GLOBAL}${shard('80-').path}`]: bytes('right'),
    [`${GLOBAL}${rules.path}`]: bytes('rules'),
    ...more,
  });
}

/** The lease's id, from the key of a held lock. */
export const leaseOf = ({ path }: RecordId): string => path.slice(path.lastIndexOf('/') + 1);

/** What holds for every writer alike; `open` makes a world of these keys. */
export function writerContract(
  name: string,
  open: (keys: ReadonlyMap<string, Uint8Array>) => Promise<WriterWorld>,
): void {
  describe(`${name} as a WritableTopology`, function () {
    this.timeout(20_000);
    let world: WriterWorld;
    const writers: TopologyWriter[] = [];
    const openWriter = async (who = WHO): Promise<TopologyWriter> => {
      const writer = await world.topology.openWriter(who, within());
      writers.push(writer);
      return writer;
    };
    const revisionOf = async (record: RecordId): Promise<string> =>
      (await world.get(GLOBAL + record.path))?.modRevision ?? '0';
    const textOf = async (record: RecordId): Promise<string | undefined> => {
      const found = await world.get(GLOBAL + record.path);
      return found && Buffer.from(found.value).toString();
    };
    const revision = async (): Promise<string> => (await world.topology.read()).revision ?? assert.fail('no revision');
    const commit = (
      writer: TopologyWriter,
      writes: WriteTransaction['writes'],
      guards: WriteTransaction['guards'] = [],
    ): Promise<CommitResult> => writer.commit({ writes, guards }, within());
    const lockKeys = (): Promise<readonly string[]> => world.keysUnder(`${GLOBAL}${KEYSPACE}/locks/`);
    const foreign = async (action = 'SwitchWrites'): Promise<{ readonly lease: string; readonly key: string }> => {
      const lease = await world.grantLease();
      const key = `${GLOBAL}${KEYSPACE}/locks/${lease}`;
      await world.put(key, foreignLock(action), lease);
      return { lease, key };
    };

    beforeEach(async () => {
      world = await open(writerKeys());
      await world.topology.read();
    });
    afterEach(async () => {
      for (const writer of writers.splice(0)) await writer.close(within(2000));
      await world.close();
    });

    it('says that it can be written', () => {
      assert.ok(isWritable(world.topology));
    });

    describe('commit', () => {
      it('writes, creates and deletes records at one revision', async () => {
        const writer = await openWriter();
        const created: RecordId = { path: `${KEYSPACE}/VSchema` };
        const result = await commit(writer, [
          { record: shard('-80'), value: bytes('new left'), modRevision: await revisionOf(shard('-80')) },
          { record: created, value: bytes(''), modRevision: '0' },
          { record: rules, value: undefined, modRevision: await revisionOf(rules) },
        ]);
        assert.ok(result.status === 'committed');
        assert.equal(await textOf(shard('-80')), 'new left');
        assert.equal(await textOf(created), '');
        assert.equal(await textOf(rules), undefined);
        assert.equal(await revisionOf(shard('-80')), result.revision);
        assert.equal(await revisionOf(created), result.revision);
        assert.equal(await textOf(shard('80-')), 'right');
      });

      it('writes records of a cell, and of a cell on the same cluster with global ones', async () => {
        const writer = await openWriter();
        const record: RecordId = { cell: 'zone1', path: 'SrvVSchema' };
        const zone1 = await world.get('/vitess/zone1/SrvVSchema');
        assert.equal(writer.clusterOf(record), writer.clusterOf(rules));
        const result = await commit(writer, [
          { record, value: bytes('one more'), modRevision: zone1?.modRevision ?? '' },
          { record: rules, value: bytes('other rules'), modRevision: await revisionOf(rules) },
        ]);
        assert.equal(result.status, 'committed');
        assert.equal(Buffer.from((await world.get('/vitess/zone1/SrvVSchema'))?.value ?? []).toString(), 'one more');
      });

      const conflict = async (
        writes: WriteTransaction['writes'],
        guards: WriteTransaction['guards'],
        changed: readonly string[],
      ): Promise<void> => {
        const writer = await openWriter();
        const before = await world.keysUnder('');
        assert.deepEqual(await commit(writer, writes, guards), { status: 'conflict', changed, lostLocks: [] });
        assert.deepEqual(await world.keysUnder(''), before);
        assert.equal(await textOf(shard('-80')), 'left');
      };
      const left = async (): Promise<WriteTransaction['writes'][number]> => ({
        record: shard('-80'),
        value: bytes('new left'),
        modRevision: await revisionOf(shard('-80')),
      });

      it('writes nothing when a record that it writes was written since', async () => {
        const modRevision = await revisionOf(rules);
        await world.put(GLOBAL + rules.path, bytes('rules'));
        await conflict([await left(), { record: rules, value: bytes('x'), modRevision }], [], ['RoutingRules']);
      });

      it('writes nothing when a record that it writes was deleted since', async () => {
        const modRevision = await revisionOf(rules);
        await world.remove(GLOBAL + rules.path);
        await conflict([await left(), { record: rules, value: bytes('x'), modRevision }], [], ['RoutingRules']);
      });

      it('writes nothing when a record that must be absent is there', async () => {
        const record = shard('80-');
        await conflict([await left(), { record, value: bytes('x'), modRevision: '0' }], [], [record.path]);
      });

      it('writes nothing when a guarded record was written or created since', async () => {
        const guards = [
          { kind: 'record', record: rules, modRevision: await revisionOf(rules) },
          { kind: 'record', record: shard('0'), modRevision: '0' },
          { kind: 'record', record: shard('80-'), modRevision: await revisionOf(shard('80-')) },
        ] as const;
        await world.put(GLOBAL + rules.path, bytes('other'));
        await world.put(GLOBAL + shard('0').path, bytes('new shard'));
        await conflict([await left()], guards, ['RoutingRules', shard('0').path]);
      });

      it('writes nothing when a guarded record of a cell was written since', async () => {
        const record: RecordId = { cell: 'zone2', path: 'SrvVSchema' };
        const modRevision = (await world.get('/vitess/zone2/SrvVSchema'))?.modRevision ?? '';
        await world.put('/vitess/zone2/SrvVSchema', bytes('other'));
        await conflict([await left()], [{ kind: 'record', record, modRevision }], ['zone2/SrvVSchema']);
      });

      it('writes nothing when a key of a guarded prefix was written since', async () => {
        const prefix = `${KEYSPACE}/shards/`;
        const notAfter = await revision();
        await world.put(GLOBAL + shard('0').path, bytes('new shard'));
        await conflict([await left()], [{ kind: 'prefix', prefix, notAfter }], [prefix]);
      });

      it('writes when nothing under a guarded prefix was written since, be it empty', async () => {
        const notAfter = await revision();
        await world.put(GLOBAL + rules.path, bytes('other'));
        const guards = [`${KEYSPACE}/shards/`, 'keyspaces/none/shards/'].map(
          (prefix) => ({ kind: 'prefix', prefix, notAfter }) as const,
        );
        assert.equal((await commit(await openWriter(), [await left()], guards)).status, 'committed');
      });

      it('sees a write at the very revision after the guarded one, and none at it', async () => {
        const writer = await openWriter();
        await world.put(GLOBAL + shard('0').path, bytes('new shard'));
        const written = await revisionOf(shard('0'));
        const prefix = `${KEYSPACE}/shards/`;
        const before = { kind: 'prefix', prefix, notAfter: (BigInt(written) - 1n).toString() } as const;
        assert.equal((await commit(writer, [await left()], [before])).status, 'conflict');
        const at = { kind: 'prefix', prefix, notAfter: written } as const;
        assert.equal((await commit(writer, [await left()], [at])).status, 'committed');
      });

      it('writes nothing when one of its locks is gone, and says that the lease is lost', async () => {
        const writer = await openWriter();
        const { record } = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await writer.lock('keyspaces/other', { action: 'Repair' }, lockOptions());
        await world.remove(GLOBAL + record.path);
        const result = await commit(writer, [await left()]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
        assert.ok(writer.lost.aborted);
        assert.equal(await textOf(shard('-80')), 'left');
      });

      it('writes nothing when a lock’s key was taken away and written anew by another', async () => {
        const writer = await openWriter();
        const { record } = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await world.remove(GLOBAL + record.path);
        const lease = await world.grantLease();
        await world.put(GLOBAL + record.path, foreignLock('SwitchWrites'), lease);
        const result = await commit(writer, [await left()]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
      });

      it('lets only one of two writers change a record', async () => {
        const writers = await Promise.all([openWriter(), openWriter()]);
        const write = await left();
        const results = await Promise.all(
          writers.map((writer, index) => commit(writer, [{ ...write, value: bytes(`by ${index}`) }])),
        );
        assert.deepEqual(results.map(({ status }) => status).sort(), ['committed', 'conflict']);
      });

      it('rejects with not-found for a record of a cell that was not read', async () => {
        const writer = await openWriter();
        const record: RecordId = { cell: 'zone9', path: 'SrvVSchema' };
        const says = topologyError('not-found', 'zone9/SrvVSchema', 'Read again');
        await assert.rejects(commit(writer, [{ record, value: bytes('x'), modRevision: '0' }]), says);
        assert.throws(() => writer.clusterOf(record), says);
      });

      it('rejects with cancelled, and writes nothing, when the signal is aborted before', async () => {
        const writer = await openWriter();
        const options = { signal: AbortSignal.abort() };
        await assert.rejects(
          writer.commit({ writes: [await left()], guards: [] }, options),
          topologyError('cancelled'),
        );
        assert.equal(await textOf(shard('-80')), 'left');
      });

      it('rejects with cancelled after the writer was closed', async () => {
        const writer = await openWriter();
        await writer.close(within());
        await assert.rejects(commit(writer, [await left()]), topologyError('cancelled', 'over'));
        await assert.rejects(writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()), topologyError('cancelled'));
      });
    });

    describe('lock', () => {
      it('writes what Vitess writes, under a key that is named after its lease', async () => {
        const writer = await openWriter();
        const before = Date.now();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        assert.deepEqual(await lockKeys(), [GLOBAL + lock.record.path]);
        assert.match(lock.record.path, /^keyspaces\/ks\/locks\/[1-9][0-9]*$/);
        const value = (await world.get(GLOBAL + lock.record.path))?.value ?? assert.fail('no key');
        const contents = parseLockContents(value);
        assert.ok(contents.status === 'loaded');
        const { time = 0, ...rest } = contents.value;
        assert.deepEqual(rest, { action: 'Repair', ...WHO });
        assert.ok(time >= before - 1000 && time <= Date.now());
        const json = JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>;
        assert.deepEqual(Object.keys(json), ['Action', 'HostName', 'UserName', 'Time', 'Options', 'Status']);
        assert.match(String(json['Time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.deepEqual([json['Options'], json['Status']], [{}, 'Running']);
        const { global } = await world.topology.read();
        const lease = global.find(({ path }) => path === lock.record.path)?.lease;
        assert.ok(lease?.kind === 'held');
        assert.equal(lease.id, leaseOf(lock.record));
      });

      it('hangs all locks of a writer on one lease, and close releases them', async () => {
        const writer = await openWriter();
        const first = await writer.lock('internal/named_locks/ks/move', { action: 'Repair' }, lockOptions());
        const second = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        assert.equal(leaseOf(first.record), leaseOf(second.record));
        assert.equal(await writer.close(within()), true);
        assert.deepEqual(await lockKeys(), []);
        assert.deepEqual(await world.keysUnder(`${GLOBAL}internal/`), []);
        assert.equal(writer.lost.aborted, false);
      });

      it('gives the lock to one writer after the other, in the order in which they asked', async () => {
        const [first, second, third] = [await openWriter(), await openWriter(), await openWriter()];
        const got: string[] = [];
        await first.lock(KEYSPACE, { action: 'First' }, lockOptions());
        const waiting = async (writer: TopologyWriter, action: string): Promise<void> => {
          await writer.lock(KEYSPACE, { action }, lockOptions());
          got.push(action);
        };
        const secondWaits = waiting(second, 'Second');
        while ((await lockKeys()).length < 2) await delay(5);
        const thirdWaits = waiting(third, 'Third');
        while ((await lockKeys()).length < 3) await delay(5);
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
        const [oldest, next] = [await foreign('SwitchReads'), await foreign('SwitchWrites')];
        const writer = await openWriter();
        const told: (readonly Pick<Lock, 'lockedPath' | 'contents'>[])[] = [];
        const onWait: LockOptions['onWait'] = (holders) => told.push(holders);
        let held = false;
        const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ onWait })).then((lock) => {
          held = true;
          return lock;
        });
        while (told.length < 1) await delay(5);
        await world.revokeLease(oldest.lease);
        while (told.length < 2) await delay(5);
        assert.equal(held, false);
        await world.revokeLease(next.lease);
        await locking;
        const actions = told.map((holders) =>
          holders.map(({ contents }) => (contents.status === 'loaded' ? contents.value.action : undefined)),
        );
        assert.deepEqual(actions, [['SwitchReads', 'SwitchWrites'], ['SwitchWrites']]);
        assert.ok(told.flat().every(({ lockedPath }) => lockedPath === KEYSPACE));
      });

      it('is older than a Vitess locker that comes later, which finds it', async () => {
        const writer = await openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        const { key } = await foreign();
        const ours = await world.get(GLOBAL + lock.record.path);
        const theirs = await world.get(key);
        assert.ok(BigInt(ours?.modRevision ?? 0) < BigInt(theirs?.modRevision ?? 0));
        assert.equal(
          (await commit(writer, [{ record: shard('0'), value: bytes('x'), modRevision: '0' }])).status,
          'committed',
        );
        assert.equal((await world.get(GLOBAL + lock.record.path))?.modRevision, ours?.modRevision);
      });

      it('rejects with timeout, names the holder and leaves nothing when the holder stays', async () => {
        const { key } = await foreign();
        const writer = await openWriter();
        const says = [KEYSPACE, 'vt@vtctld-host for SwitchWrites, since 2026-11-24T02:01:58Z', '0.3 s'];
        await assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ waitMs: 300 })),
          topologyError('timeout', ...says),
        );
        assert.deepEqual(await lockKeys(), [key]);
        assert.equal(writer.lost.aborted, false);
      });

      it('rejects with cancelled and leaves nothing when its wait is cancelled', async () => {
        const { key, lease } = await foreign();
        const writer = await openWriter();
        const controller = new AbortController();
        const onWait = (): void => {
          controller.abort();
        };
        await assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ signal: controller.signal, onWait })),
          topologyError('cancelled', KEYSPACE),
        );
        assert.deepEqual(await lockKeys(), [key]);
        await world.revokeLease(lease);
        await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
      });

      it('rejects, and is lost, when its key is taken away while it waits', async () => {
        const { key } = await foreign();
        const writer = await openWriter();
        const locking = assert.rejects(
          writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()),
          topologyError('changed', KEYSPACE),
        );
        while ((await lockKeys()).length < 2) await delay(5);
        for (const other of await lockKeys()) if (other !== key) await world.remove(other);
        await locking;
        assert.ok(writer.lost.aborted);
      });

      it('refuses a lock that the writer has', async () => {
        const writer = await openWriter();
        await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await assert.rejects(writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()), /already held/);
        assert.equal((await lockKeys()).length, 1);
      });
    });

    describe('lost', () => {
      it('aborts soon after the lease was revoked by another, and nothing more is written', async () => {
        const writer = await openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        const aborted = new Promise<void>((resolve) => {
          writer.lost.addEventListener('abort', () => {
            resolve();
          });
        });
        await world.revokeLease(leaseOf(lock.record));
        await aborted;
        assert.ok(topologyError('changed', 'lease')(writer.lost.reason));
        const write = { record: rules, value: bytes('x'), modRevision: await revisionOf(rules) };
        const result = await commit(writer, [write]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
        assert.equal(await textOf(rules), 'rules');
        assert.equal(await writer.close(within()), true);
      });

      it('does not abort while the lease is renewed', async () => {
        const writer = await openWriter();
        const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await delay(3500);
        assert.equal(writer.lost.aborted, false);
        assert.deepEqual(await lockKeys(), [GLOBAL + lock.record.path]);
      });
    });

    describe('releaseAbandoned', () => {
      const toRelease = async (key: string, leaseId: string | undefined): Promise<LockToRelease> => ({
        record: { path: key.slice(GLOBAL.length) },
        lockedPath: KEYSPACE,
        holder: 'vt@vtctld-host',
        evidence: 'it is old',
        modRevision: (await world.get(key))?.modRevision ?? assert.fail('no key'),
        leaseId,
      });
      const never = (): boolean => assert.fail('judged without need');

      it('revokes the lease of a lock, judged as it is', async () => {
        const { key, lease } = await foreign();
        const lock = await toRelease(key, lease);
        const judged: Lock[] = [];
        const judge = (now: Lock): boolean => judged.push(now) > 0;
        assert.equal(await (await openWriter()).releaseAbandoned(lock, judge, within()), true);
        assert.deepEqual(await lockKeys(), []);
        const [now] = judged;
        assert.deepEqual([now?.record, now?.lockedPath, now?.modRevision], [lock.record, KEYSPACE, lock.modRevision]);
        assert.ok(now?.lease.kind === 'held' && now.lease.id === lease);
        assert.ok(now.contents.status === 'loaded' && now.contents.value.action === 'SwitchWrites');
      });

      it('deletes the key of a lock without a lease', async () => {
        const key = `${GLOBAL}${KEYSPACE}/locks/7668682433167134114`;
        await world.put(key, foreignLock('SwitchWrites'));
        const lock = await toRelease(key, undefined);
        const judged: Lock[] = [];
        const judge = (now: Lock): boolean => judged.push(now) > 0;
        assert.equal(await (await openWriter()).releaseAbandoned(lock, judge, within()), true);
        assert.deepEqual(judged[0]?.lease, { kind: 'none' });
        assert.deepEqual(await lockKeys(), []);
      });

      it('gives false for a lock that is gone', async () => {
        const { key, lease } = await foreign();
        const lock = await toRelease(key, lease);
        await world.revokeLease(lease);
        assert.equal(await (await openWriter()).releaseAbandoned(lock, never, within()), false);
      });

      it('leaves a lock that shows life', async () => {
        const { key, lease } = await foreign();
        const lock = await toRelease(key, lease);
        const releasing = (await openWriter()).releaseAbandoned(lock, () => false, within());
        await assert.rejects(releasing, topologyError('changed', KEYSPACE, 'shows life'));
        assert.deepEqual(await lockKeys(), [key]);
      });

      it('leaves a lock whose key was written since', async () => {
        const { key, lease } = await foreign();
        const lock = await toRelease(key, lease);
        await world.put(key, foreignLock('SwitchReads'), lease);
        const releasing = (await openWriter()).releaseAbandoned(lock, never, within());
        await assert.rejects(releasing, topologyError('changed', 'written since'));
        assert.deepEqual(await lockKeys(), [key]);
      });

      it('leaves a lock whose key hangs on another lease now', async () => {
        const key = `${GLOBAL}${KEYSPACE}/locks/7668682433167134114`;
        await world.put(key, foreignLock('SwitchWrites'));
        const lock = await toRelease(key, undefined);
        await world.put(key, foreignLock('SwitchWrites'), await world.grantLease());
        const releasing = (await openWriter()).releaseAbandoned(lock, never, within());
        await assert.rejects(releasing, topologyError('changed'));
        assert.deepEqual(await lockKeys(), [key]);
      });
    });
  });
}
