import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import type { TopologyWriter, WriteTransaction } from '../../src/topology/topologyWriter.ts';
import { freePort } from '../../scripts/guardedProcess.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startProxy } from '../harness/tcpProxy.ts';
import type { TcpProxy } from '../harness/tcpProxy.ts';
import { bytes, topologyError } from './contract.ts';
import { clear, Opener, putAll, viaGlobal, writerWorld } from './etcdWorld.ts';
import { GLOBAL, KEYSPACE, lockOptions, rules, shard, WHO, within, writerKeys } from './writerBench.ts';
import type { WriterWorld } from './writerBench.ts';

describe('EtcdWriter on a way that fails', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let proxy: TcpProxy;
  let world: WriterWorld;
  let topology: EtcdTopology;
  let writer: TopologyWriter;
  const opener = new Opener();
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    await clear(etcd);
    await putAll(etcd, writerKeys());
    proxy = await startProxy(etcd.address);
  });
  afterEach(async () => {
    await writer.close(within(1000));
    await opener.closeAll();
    await proxy.stop();
  });

  const open = async (lockTtlSeconds: number, more: readonly string[] = []): Promise<void> => {
    topology = opener.openAt([proxy.address, ...more], { ...viaGlobal, lockTtlSeconds, dialTimeoutMs: 1000 });
    world = writerWorld(etcd, topology);
    await topology.read();
    writer = await topology.openWriter(WHO, within());
  };
  const modRevision = async (key: string): Promise<string> => (await world.get(key))?.modRevision ?? '0';
  const text = async (key: string): Promise<string> => Buffer.from((await world.get(key))?.value ?? []).toString();
  const LEFT = GLOBAL + shard('-80').path;
  const RULES = GLOBAL + rules.path;
  const writesOf = async (value: string): Promise<WriteTransaction['writes']> => [
    { record: shard('-80'), value: bytes(value), modRevision: await modRevision(LEFT) },
    { record: rules, value: bytes(value), modRevision: await modRevision(RULES) },
  ];

  /** How often the key has been written, so many revisions before this one. */
  const versionAt = async (key: string, revision: string, earlier = 0): Promise<number> => {
    const at = (BigInt(revision) - BigInt(earlier)).toString();
    const { kvs } = await etcd.client.kv.range({ key: Buffer.from(key), revision: at });
    return Number(kvs[0]?.version);
  };

  it('commits exactly once when the connection is cut at any byte of the request', async () => {
    await open(60);
    await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    const start = proxy.clientBytes();
    await writer.commit({ writes: await writesOf('measured'), guards: [] }, within());
    const size = proxy.clientBytes() - start;
    assert.ok(size > 100, `${size} bytes`);
    for (let cut = 1; cut <= size + 40; cut += Math.ceil(size / 12)) {
      const writes = await writesOf(`cut at ${cut}`);
      proxy.set({ kind: 'cut', afterClientBytes: cut });
      const result = await writer.commit({ writes, guards: [] }, within());
      proxy.set({ kind: 'forward' });
      assert.ok(result.status === 'committed', `cut at ${cut}: ${JSON.stringify(result)}`);
      for (const key of [LEFT, RULES]) {
        assert.equal(await text(key), `cut at ${cut}`);
        assert.equal(await modRevision(key), result.revision);
        assert.equal(await versionAt(key, result.revision), 1 + (await versionAt(key, result.revision, 1)));
      }
    }
  });

  /** Starts a commit whose answer is lost, waits until etcd has it, and has `meanwhile` done before the way works again. */
  const commitUnanswered = async (
    writes: WriteTransaction['writes'],
    meanwhile: () => Promise<unknown>,
  ): ReturnType<TopologyWriter['commit']> => {
    const before = await modRevision(LEFT);
    proxy.set({ kind: 'swallow-answers' });
    const committing = writer.commit({ writes, guards: [] }, within());
    committing.catch(() => undefined);
    while ((await modRevision(LEFT)) === before) await delay(5);
    await meanwhile();
    proxy.set({ kind: 'drop' });
    await delay(100);
    proxy.set({ kind: 'forward' });
    return committing;
  };

  it('gives the revision of a commit whose answer was lost', async () => {
    await open(60);
    const result = await commitUnanswered(await writesOf('new'), () => Promise.resolve());
    assert.ok(result.status === 'committed');
    assert.equal(result.revision, await modRevision(LEFT));
  });

  it('finds its commit in the history when others wrote every record since', async () => {
    await open(60);
    let revision = '';
    const result = await commitUnanswered(await writesOf('new'), async () => {
      revision = await modRevision(LEFT);
      for (const value of ['later', 'later still']) {
        for (const key of [LEFT, RULES]) await world.put(key, bytes(value));
      }
    });
    assert.deepEqual(result, { status: 'committed', revision });
    assert.equal(await text(LEFT), 'later still');
  });

  it('finds its commit when it was followed by a deletion of one of the records', async () => {
    await open(60);
    let revision = '';
    const result = await commitUnanswered(await writesOf('new'), async () => {
      revision = await modRevision(LEFT);
      await world.remove(LEFT);
    });
    assert.deepEqual(result, { status: 'committed', revision });
  });

  it('finds its commit of which one write is a deletion', async () => {
    await open(60);
    const [left] = await writesOf('new');
    assert.ok(left);
    const gone = { record: rules, value: undefined, modRevision: await modRevision(RULES) };
    const result = await commitUnanswered([left, gone], () => world.put(LEFT, bytes('later')));
    assert.equal(result.status, 'committed');
  });

  it('rejects with unknown-outcome when what would tell was deleted since', async () => {
    await open(60);
    const committing = commitUnanswered(await writesOf('new'), async () => {
      for (const key of [LEFT, RULES]) await world.remove(key);
    });
    await assert.rejects(committing, topologyError('unknown-outcome', 'Read again'));
  });

  it('rejects with unknown-outcome when etcd does not answer again in time', async () => {
    await open(60);
    proxy.set({ kind: 'swallow-answers' });
    const committing = writer.commit({ writes: await writesOf('new'), guards: [] }, within(1500));
    await assert.rejects(committing, topologyError('unknown-outcome', 'was lost', 'Read again'));
    assert.equal(await text(LEFT), 'new');
  });

  it('rejects with why, and has written nothing, when no member can be asked', async () => {
    await open(60);
    proxy.set({ kind: 'drop' });
    await topology.read().catch(() => undefined);
    const committing = writer.commit({ writes: await writesOf('new'), guards: [] }, within());
    await assert.rejects(committing, topologyError('unreachable'));
    proxy.set({ kind: 'forward' });
    await delay(500);
    assert.equal(await text(LEFT), 'left');
  });

  it('reports a conflict, not a commit, when the request was lost and another wrote first', async () => {
    await open(60);
    const writes = await writesOf('new');
    proxy.set({ kind: 'half-open' });
    const committing = writer.commit({ writes, guards: [] }, within());
    await delay(100);
    await world.put(RULES, bytes('theirs'));
    proxy.set({ kind: 'drop' });
    await delay(50);
    proxy.set({ kind: 'forward' });
    assert.deepEqual(await committing, { status: 'conflict', changed: ['RoutingRules'], lostLocks: [] });
    assert.equal(await text(LEFT), 'left');
  });

  it('reports a conflict when the request was lost and what it wanted to write was there before', async () => {
    await open(60);
    const write = { record: shard('-80'), value: bytes('left'), modRevision: await modRevision(LEFT) };
    const guard = { kind: 'record', record: rules, modRevision: await modRevision(RULES) } as const;
    proxy.set({ kind: 'half-open' });
    const committing = writer.commit({ writes: [write], guards: [guard] }, within());
    await delay(100);
    await world.put(RULES, bytes('theirs'));
    proxy.set({ kind: 'drop' });
    await delay(50);
    proxy.set({ kind: 'forward' });
    assert.deepEqual(await committing, { status: 'conflict', changed: ['RoutingRules'], lostLocks: [] });
  });

  it('stops waiting for a lock when its lease is lost', async () => {
    await open(2);
    const lease = await world.grantLease();
    await world.put(`${GLOBAL}${KEYSPACE}/locks/${lease}`, bytes('{}'), lease);
    const onWait = (): void => {
      proxy.set({ kind: 'drop' });
    };
    const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ waitMs: 60_000, onWait }));
    await assert.rejects(locking, topologyError('changed', 'is lost'));
  });

  it('goes on through another endpoint when the first goes silent', async () => {
    const second = await startProxy(etcd.address);
    try {
      second.set({ kind: 'drop' });
      await open(60, [second.address]);
      const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
      second.set({ kind: 'forward' });
      proxy.set({ kind: 'half-open' });
      const result = await writer.commit({ writes: await writesOf('new'), guards: [] }, within());
      assert.equal(result.status, 'committed');
      assert.equal(await text(LEFT), 'new');
      assert.notEqual(await modRevision(GLOBAL + lock.record.path), '0');
    } finally {
      await second.stop();
    }
  });

  it('waits for a lock through a loss of the connection, and keeps its lease', async () => {
    await open(4);
    const lease = await world.grantLease();
    await world.put(`${GLOBAL}${KEYSPACE}/locks/${lease}`, bytes('{}'), lease);
    const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions({ waitMs: 15_000 }));
    await delay(500);
    for (let loss = 0; loss < 3; loss++) {
      proxy.set({ kind: 'drop' });
      await delay(300);
      proxy.set({ kind: 'forward' });
      await delay(1500);
    }
    await world.revokeLease(lease);
    const lock = await locking;
    assert.equal(writer.lost.aborted, false);
    assert.notEqual(await modRevision(GLOBAL + lock.record.path), '0');
  });

  it('takes a lock once when the answer to its key was lost', async () => {
    await open(60);
    proxy.set({ kind: 'swallow-answers' });
    const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    while ((await world.keysUnder(`${GLOBAL}${KEYSPACE}/locks/`)).length === 0) await delay(5);
    proxy.set({ kind: 'drop' });
    await delay(50);
    proxy.set({ kind: 'forward' });
    const lock = await locking;
    assert.deepEqual(await world.keysUnder(`${GLOBAL}${KEYSPACE}/locks/`), [GLOBAL + lock.record.path]);
    const result = await writer.commit({ writes: await writesOf('new'), guards: [] }, within());
    assert.equal(result.status, 'committed');
  });

  it('is lost, before etcd forgets the lease, when nothing answers for its lifetime', async () => {
    await open(2);
    const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    proxy.set({ kind: 'drop' });
    while (!writer.lost.aborted) await delay(10);
    assert.notEqual(await modRevision(GLOBAL + lock.record.path), '0');
    topologyError('changed', 'is lost', 'Start again')(writer.lost.reason);
  });

  it('closes with false when etcd cannot be told, and with true for a lease that is gone', async () => {
    await open(60);
    const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    proxy.set({ kind: 'drop' });
    assert.equal(await writer.close(within(2000)), false);
    proxy.set({ kind: 'forward' });
    await world.revokeLease(lock.record.path.split('/').at(-1) ?? '');
    assert.equal(await writer.close(within(2000)), true);
  });

  it('rejects at once when no endpoint answers at the start', async () => {
    await open(60);
    const dead = opener.openAt([`127.0.0.1:${await freePort()}`]);
    await assert.rejects(dead.openWriter(WHO, within()), topologyError('unreachable', 'nothing listens there'));
    await assert.rejects(topology.openWriter(WHO, { signal: AbortSignal.abort() }), topologyError('cancelled'));
  });

  it('ends with its topology', async () => {
    await open(60);
    await topology.close();
    const writing = writer.commit({ writes: await writesOf('new'), guards: [] }, within());
    await assert.rejects(writing, topologyError('cancelled'));
  });
});
