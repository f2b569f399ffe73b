import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExitCode } from '../../src/cli/environment.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { makeCertificates } from '../harness/certificates.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import type { ServerTls } from '../harness/grpcServer.ts';
import { startTablets, type StandInTablets } from '../harness/tablet.ts';
import { loadCapture } from '../support/captures.ts';
import { wholeKeys } from '../topology/contract.ts';
import { clear, putAll } from '../topology/etcdWorld.ts';
import { vitessTopo, type Ran } from './vitessTopo.ts';

interface Printed {
  readonly safe: boolean;
  readonly complete: boolean;
  readonly subject: { readonly workflow: string | null; readonly from: string; readonly shards: string[] } | null;
  readonly reasons: readonly { readonly code: string; readonly message: string; readonly record: string | null }[];
  readonly notSeen: readonly string[];
}

async function precheck(
  args: readonly string[],
  signal = new AbortController().signal,
): Promise<Ran & { readonly progress: readonly string[] }> {
  const progress: string[] = [];
  const ran = await vitessTopo(['precheck', ...args], { signal, progress: (words) => progress.push(words) });
  return { ...ran, progress };
}

async function printed(...args: string[]): Promise<Printed & { readonly exitCode: ExitCode }> {
  const { exitCode, out } = await precheck([...args, '--format', 'json']);
  return { ...(JSON.parse(out) as Printed), exitCode };
}

const tables = ['--tables', 'corder,customer', '--from', 'commerce', '--to', 'customer'];

describe('vitess-topo precheck of a folder', () => {
  const folder = (capture: string): string[] => ['--snapshot', join(import.meta.dirname, '../captures', capture)];

  it('exits 1 with every reason of a killed reverse', async () => {
    const { exitCode, safe, reasons } = await printed(
      'switch',
      'commerce.commerce2customer_reverse',
      ...folder('12-reverse-vtctld-killed'),
    );
    assert.equal(exitCode, 1);
    assert.equal(safe, false);
    assert.equal(reasons.length, 7);
    assert.ok(reasons.some(({ record }) => record === 'keyspaces/customer/shards/-80/Shard'));
  });

  it('exits 0 for a healthy move, in words for people', async () => {
    const { exitCode, out, progress } = await precheck([
      'reverse',
      'customer.commerce2customer',
      ...folder('04-all-switched'),
    ]);
    assert.equal(exitCode, 0);
    assert.match(
      out,
      /^ReverseTraffic on commerce\.commerce2customer_reverse\n {2}customer → commerce: corder and customer$/m,
    );
    assert.match(out, /answer: a\n {2}snapshot tells nothing of now\./);
    assert.match(out, /--action-timeout=7m/);
    assert.match(out, /^Safe to start/m);
    assert.deepEqual(progress, ['']);
  });
});

describe('vitess-topo precheck on a real etcd', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let tablets: StandInTablets;
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  afterEach(() => {
    tablets.stop();
  });

  /** The live topology of a capture with running tablets; its address as options. */
  async function live(tls?: ServerTls): Promise<string[]> {
    await clear(etcd);
    const data = loadCapture('01-created');
    await putAll(etcd, wholeKeys(data));
    const options = { etcd: etcd.client, root: '/vitess/global', snapshot: decodeSnapshot(data) };
    tablets = await startTablets({ ...options, ...(tls === undefined ? {} : { tls }) });
    return ['--etcd', etcd.address, '--cell-address', 'zone1=global'];
  }

  it('is safe when every tablet of both sides answers, and changes nothing', async () => {
    const address = await live();
    const before = tablets.journal.length;
    const { exitCode, subject, reasons, notSeen } = await printed('switch', ...tables, ...address);
    assert.equal(exitCode, 0);
    assert.deepEqual(reasons, []);
    assert.deepEqual(subject?.shards, ['commerce/0', 'customer/-80', 'customer/80-']);
    assert.ok(!notSeen.some((line) => line.startsWith('Whether zone1')));
    assert.deepEqual(
      tablets.journal.slice(before).map(({ call }) => call),
      ['Ping', 'Ping', 'Ping'],
    );
  });

  it('exits 1 and names a primary that is down', async () => {
    const address = await live();
    await tablets.get('zone1-0000000300').setFault('refuse');
    const { exitCode, reasons } = await printed('switch', ...tables, ...address);
    assert.equal(exitCode, 1);
    assert.deepEqual(
      reasons.map(({ code, record }) => [code, record]),
      [['primary-silent', 'zone1/tablets/zone1-0000000300/Tablet']],
    );
  });

  it('exits 2 when its own time ends before a tablet has answered, and calls no tablet silent', async () => {
    const address = await live();
    await tablets.get('zone1-0000000100').setFault('hang');
    const { exitCode, safe, complete, reasons } = await printed('switch', ...tables, ...address, '--timeout', '2s');
    assert.equal(exitCode, 2);
    assert.ok(!safe && !complete);
    assert.deepEqual(
      reasons.map(({ code, record }) => [code, record]),
      [['not-checked', 'zone1/tablets/zone1-0000000100/Tablet']],
    );
  });

  it('exits 2 for a workflow, which the records do not name, and says which tables to name', async () => {
    const { exitCode, subject, reasons } = await printed('switch', 'customer.commerce2customer', ...(await live()));
    assert.equal(exitCode, 2);
    assert.equal(subject, null);
    assert.match(reasons[0]?.message ?? '', /--tables corder,customer --from commerce --to customer/);
    assert.deepEqual(
      tablets.journal.filter(({ call }) => call === 'Ping'),
      [],
    );
  });

  it('says how far it is while it asks, and then frees the line', async () => {
    const { progress } = await precheck(['switch', ...tables, ...(await live())]);
    assert.equal(progress[0], 'dialling 3 tablets');
    assert.deepEqual(progress.slice(-2), ['3 of 3 tablets dialled', '']);
  });

  it('asks no tablet that is reached by others, and names them all', async () => {
    const address = await live();
    for (const others of [
      ['--tablets', 'wait'],
      ['--vtctld', '127.0.0.1:1'],
    ]) {
      const { exitCode, notSeen } = await printed('switch', ...tables, ...address, ...others);
      assert.equal(exitCode, 0);
      assert.match(notSeen.join('\n'), /Whether zone1-0000000100, zone1-0000000200 and zone1-0000000300 answer: /);
    }
    assert.deepEqual(
      tablets.journal.filter(({ call }) => call === 'Ping'),
      [],
    );
  });

  it('gives no verdict when it is interrupted', async () => {
    const address = await live();
    await tablets.get('zone1-0000000100').setFault('hang');
    const interrupted = new AbortController();
    const asked = precheck(['switch', ...tables, ...address, '--format', 'json'], interrupted.signal);
    setTimeout(() => {
      interrupted.abort();
    }, 700);
    const { exitCode, out } = await asked;
    assert.equal(exitCode, 2);
    assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, 'cancelled');
  });

  it('speaks TLS to tablets with the certificates that it is given', async () => {
    const folder = await scratchFolder('precheck');
    try {
      const certificates = await makeCertificates(folder);
      const { authorityFile, client } = certificates;
      const address = await live({ kind: 'mutual', certificates });
      const files = ['--tablet-cert', client.certificateFile, '--tablet-key', client.keyFile];
      const tls = ['--tablet-ca', authorityFile, ...files];
      assert.deepEqual((await printed('switch', ...tables, ...address, ...tls)).reasons, []);
      const plain = await printed('switch', ...tables, ...address);
      assert.deepEqual(new Set(plain.reasons.map(({ code }) => code)), new Set(['primary-silent']));
      const missing = await printed('switch', ...tables, ...address, '--tablet-ca', join(folder, 'none'));
      assert.equal(missing.exitCode, 2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
