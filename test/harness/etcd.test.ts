import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { encodeCellInfo, loadCapture, readCapture } from './capture.ts';
import { startEtcd } from './etcd.ts';
import type { EtcdServer } from './etcd.ts';
import { scratchFolder, startGuarded } from '../../scripts/guardedProcess.ts';

const BROKEN_REVERSE = 'test/captures/12-reverse-vtctld-killed';
const NAMED_LOCK = '/vitess/global/internal/named_locks/commerce/commerce2customer_reverse/locks/7668682433167134081';

async function remainingSeconds(etcd: EtcdServer, leaseId: string): Promise<number> {
  const { TTL } = await etcd.client.leaseClient.leaseTimeToLive({ ID: leaseId });
  return Number(TTL);
}

/** False also for a process that has ended and that nobody has waited for. */
function runs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}

describe('loadCapture', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  beforeEach(async () => {
    etcd = await startEtcd();
  });
  afterEach(() => etcd.stop());

  it('stores every record of the capture byte for byte', async () => {
    const keys = await loadCapture(etcd, BROKEN_REVERSE);
    const stored = await etcd.client.getAll().buffers();
    assert.deepEqual(Object.keys(stored).sort(), keys.sort());
    for (const { key, value } of await readCapture(BROKEN_REVERSE)) assert.deepEqual(stored[key], value, key);
  });

  it('puts locks under leases with the lifetimes that Vitess gives them', async () => {
    await loadCapture(etcd, BROKEN_REVERSE);
    const [lock] = (await etcd.client.kv.range({ key: Buffer.from(NAMED_LOCK) })).kvs;
    assert.equal(lock?.lease, '7668682433167134081');
    const named = await remainingSeconds(etcd, '7668682433167134081');
    assert.ok(named > 86_000 && named <= 86_400, `${named} s`);
    const keyspace = await remainingSeconds(etcd, '7668682433167134114');
    assert.ok(keyspace > 30 && keyspace <= 60, `${keyspace} s`);
  });

  it('stores a lock without a lease when asked for one', async () => {
    await loadCapture(etcd, BROKEN_REVERSE, { namedLockTtl: 'none' });
    const [lock] = (await etcd.client.kv.range({ key: Buffer.from(NAMED_LOCK) })).kvs;
    assert.equal(lock?.lease, '0');
  });

  it('rewrites nothing but the address of the cells that it is given one for', async () => {
    const cellAddress = (cell: string): string | undefined => (cell === 'zone1' ? etcd.address : undefined);
    await loadCapture(etcd, 'test/captures/17-two-cells-replica-zone1', { cellAddress });
    const stored = await etcd.client.getAll().prefix('/vitess/global/cells/').buffers();
    assert.deepEqual(stored, {
      '/vitess/global/cells/zone1/CellInfo': encodeCellInfo(etcd.address, '/vitess/zone1'),
      '/vitess/global/cells/zone2/CellInfo': encodeCellInfo('127.0.0.1:2379', '/vitess/zone2'),
    });
  });
});

describe('startEtcd', function () {
  this.timeout(30_000);

  it('serves a client that shows the client certificate and refuses one without', async () => {
    const etcd = await startEtcd({ tls: 'mutual' });
    try {
      await etcd.client.put('key').value('value');
      assert.equal(await etcd.client.get('key').string(), 'value');
      const rootCertificate = etcd.certificates?.authority ?? Buffer.alloc(0);
      const stranger = new Etcd3({ hosts: etcd.endpoint, credentials: { rootCertificate } });
      const options = { deadline: Date.now() + 2_000 };
      await assert.rejects(stranger.get('key').options(options).exec());
      stranger.close();
    } finally {
      await etcd.stop();
    }
  });

  it('asks for the root password when it has one', async () => {
    const etcd = await startEtcd({ rootPassword: 'correct horse' });
    try {
      await etcd.client.put('key').value('value');
      const stranger = new Etcd3({ hosts: etcd.endpoint, auth: { username: 'root', password: 'wrong' } });
      await assert.rejects(stranger.get('key').exec(), /authentication failed|invalid user ID or password/);
      stranger.close();
    } finally {
      await etcd.stop();
    }
  });

  it('answers nothing while suspended and everything after', async () => {
    const etcd = await startEtcd();
    try {
      await etcd.client.put('key').value('value');
      etcd.suspend();
      const options = { deadline: Date.now() + 500 };
      await assert.rejects(etcd.client.get('key').options(options).exec(), /DEADLINE_EXCEEDED|deadline/i);
      etcd.resume();
      // The first client's circuit breaker stays open for a while after its failures.
      const other = new Etcd3(etcd.clientOptions);
      assert.equal(await other.get('key').string(), 'value');
      other.close();
    } finally {
      await etcd.stop();
    }
  });

  it('says what etcd wrote when etcd refuses to start', async () => {
    await assert.rejects(startEtcd({ flags: ['--no-such-flag'] }), /ended with code[^]*no-such-flag/);
  });
});

describe('startGuarded', function () {
  this.timeout(10_000);

  it('ends the command and what it forked, and removes the scratch folder, on stop', async () => {
    const scratch = await scratchFolder('guard');
    const guarded = await startGuarded(scratch, '/bin/sh', ['-c', 'sleep 1000 & echo $!; wait']);
    let forked = Number.NaN;
    while (Number.isNaN(forked)) forked = Number.parseInt(await guarded.log(), 10);
    assert.ok(runs(forked));
    await guarded.stop();
    while (runs(forked)) await delay(20);
    assert.equal(existsSync(scratch), false);
  });
});
