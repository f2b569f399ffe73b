import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { clear, Opener, putAll, viaGlobal, writerWorld } from './etcdWorld.ts';
import { lockContract } from './lockContract.ts';
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
});
