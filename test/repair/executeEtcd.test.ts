import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileHistory } from '../../src/history/fileHistory.ts';
import { systemClock } from '../../src/history/systemClock.ts';
import { defaultExecuteLimits } from '../../src/repair/executeOptions.ts';
import { executePlan } from '../../src/repair/executePlan.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { TabletRefresher } from '../../src/repair/ports.ts';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { repairOfAll } from '../support/runWorld.ts';
import { Opener, viaGlobal } from '../topology/etcdWorld.ts';

/** Tablets that all confirm. */
const confirming: TabletRefresher = {
  description: 'tablets that all confirm',
  refresh: (shards) =>
    Promise.resolve(
      shards.map(({ keyspace, shard, tablets }) => ({
        keyspace,
        shard,
        tablets: tablets.map(({ alias, type }) => ({ alias, type, outcome: { status: 'confirmed' } as const })),
        primaryConfirmed: true,
        notes: [],
      })),
    ),
};

describe('executePlan on a live etcd', function () {
  this.timeout(30_000);
  const opener = new Opener();
  let etcd: EtcdServer;
  let folder = '';
  before(async () => {
    etcd = await startEtcd();
    folder = await mkdtemp(path.join(tmpdir(), 'history-'));
  });
  after(async () => {
    await opener.closeAll();
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('repairs what a killed vtctld left, releases all locks and keeps the record', async () => {
    await loadCapture(etcd, 'test/captures/12-reverse-vtctld-killed', { namedLockTtl: 'none', otherLockTtl: 'none' });
    const topology = opener.open(etcd, viaGlobal);
    const data = await topology.read();
    const { plan } = planRepair(repairOfAll, { data, diagnosed: diagnosed(data) });
    assert.ok(plan);
    const history = new FileHistory(folder);
    const run = await executePlan({
      kind: 'repair',
      topology,
      plan,
      replan: (now, options) => planRepair(repairOfAll, now, options).plan,
      refresher: confirming,
      history,
      clock: systemClock,
      who: { userName: 'vt', hostName: 'desk', processId: process.pid },
      topologyName: topology.description,
      forcedKeyspaces: new Set(),
      limits: defaultExecuteLimits,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    assert.equal(run.status, 'done', run.message);
    assert.deepEqual(await history.list(), [{ id: run.id, run: { status: 'loaded', value: run } }]);
    const now = await topology.read();
    assert.deepEqual(
      now.global.filter(({ path: name }) => name.includes('/locks/')),
      [],
    );
    assert.deepEqual(
      diagnosed(now).findings.filter(({ severity }) => severity !== 'info'),
      [],
    );
    assert.deepEqual((await etcd.client.leaseClient.leaseLeases()).leases, []);
  });
});
