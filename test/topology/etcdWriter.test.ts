import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { clear, Opener, putAll, viaGlobal, writerWorld } from './etcdWorld.ts';
import { lockContract } from './lockContract.ts';
import { lockAsVitess } from './vitessLocker.ts';
import { KEYSPACE, lockOptions, WHO, within, writerKeys } from './writerBench.ts';
import type { OpenWriterWorld } from './writerBench.ts';
import { writerContract } from './writerContract.ts';

describe('EtcdWriter', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  const opener = new Opener();
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(() => clear(etcd));
  afterEach(() => opener.closeAll());

  const open: OpenWriterWorld = async (keys) => {
    await putAll(etcd, keys);
    // The shortest that etcd grants.
    return writerWorld(etcd, opener.open(etcd, { ...viaGlobal, lockTtlSeconds: 2 }));
  };
  writerContract('EtcdTopology', open);
  lockContract('EtcdTopology', open);

  it('is waited for by Vitess', async () => {
    const { topology } = await open(writerKeys());
    const writer = await topology.openWriter(WHO, within());
    await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    let held = false;
    const locking = lockAsVitess(etcd.client, KEYSPACE).then((release) => {
      held = true;
      return release;
    });
    await delay(300);
    assert.equal(held, false);
    await writer.close(within());
    await (
      await locking
    )();
  });

  it('never holds a lock together with Vitess or another writer', async () => {
    const { topology } = await open(writerKeys());
    let holders = 0;
    let turns = 0;
    const hold = async (): Promise<void> => {
      assert.equal(++holders, 1);
      turns++;
      await delay(20);
      holders--;
    };
    const ours = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) {
        const writer = await topology.openWriter(WHO, within());
        await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await hold();
        assert.equal(await writer.close(within()), true);
      }
    };
    const vitess = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) {
        const release = await lockAsVitess(etcd.client, KEYSPACE);
        await hold();
        await release();
      }
    };
    await Promise.all([ours(), vitess(), ours(), vitess(), ours()]);
    assert.equal(turns, 15);
    assert.equal((await etcd.client.leaseClient.leaseLeases()).leases.length, 0);
  });
});
