import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import type { ShardRefresh, ShardTablets, TabletTarget } from '../../src/repair/ports.ts';
import { TabletManagerRefresher } from '../../src/vtctld/tabletManager.ts';
import type { GrpcAccess } from '../../src/vtctld/grpcServer.ts';
import { freePort, scratchFolder } from '../../scripts/guardedProcess.ts';
import { makeCertificates, type TestCertificates } from '../harness/certificates.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { topologyError } from '../topology/contract.ts';
import { backup, both, commerce, primary, reasonOf, replica, startCluster, statuses, within } from './cluster.ts';
import type { Cluster } from './cluster.ts';

async function refreshCommerce(cluster: Cluster, timeoutMs = 2000, access?: GrpcAccess): Promise<ShardRefresh> {
  const [refreshed] = await new TabletManagerRefresher(access).refresh(
    await cluster.targets(commerce),
    within(timeoutMs),
  );
  assert.ok(refreshed);
  return refreshed;
}

function at(hostname: string, grpcPort: number | undefined): TabletTarget {
  return { alias: primary, cell: 'zone1', hostname, grpcPort, type: 'PRIMARY', isPrimary: true };
}

function shardOf(...tablets: readonly TabletTarget[]): ShardTablets {
  return { ...commerce, primaryAlias: primary, tablets, unread: [] };
}

describe('TabletManagerRefresher', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let cluster: Cluster;
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());

  describe('in plain text', () => {
    beforeEach(async () => {
      cluster = await startCluster(etcd);
    });
    afterEach(() => {
      cluster.tablets.stop();
    });

    it('has every serving tablet read its Shard record and skips the one that takes a backup', async () => {
      for (const tablet of cluster.tablets.all) tablet.denied = [];
      const refreshed = await refreshCommerce(cluster);
      assert.deepEqual(statuses(refreshed), { [primary]: 'confirmed', [replica]: 'confirmed', [backup]: 'skipped' });
      assert.equal(reasonOf(refreshed, backup), `${backup} is BACKUP: it serves no queries.`);
      assert.equal(refreshed.primaryConfirmed, true);
      assert.deepEqual(refreshed.notes, []);
      assert.deepEqual(cluster.tablets.get(primary).denied, ['corder', 'customer']);
      assert.deepEqual(cluster.tablets.get(backup).denied, []);
    });

    it('refreshes several shards at once and says how far it is', async () => {
      for (const tablet of cluster.tablets.all) await tablet.setFault({ slowMs: 400 });
      const words: string[] = [];
      const started = performance.now();
      const onProgress = (text: string): void => void words.push(text);
      const shards = await new TabletManagerRefresher().refresh(
        await cluster.targets(commerce, ...both),
        within(2000, { onProgress }),
      );
      assert.ok(performance.now() - started < 1100, 'one after the other they would take 1.6 s');
      assert.deepEqual(
        shards.map(({ keyspace, shard, primaryConfirmed }) => [keyspace, shard, primaryConfirmed]),
        [
          ['commerce', '0', true],
          ['customer', '-80', true],
          ['customer', '80-', true],
        ],
      );
      assert.match(words.at(-1) ?? '', / (confirmed|skipped) \(5 of 5\)$/);
    });

    it('asks no more tablets at a time than its limit, primaries first', async () => {
      const targets = await cluster.targets(commerce, ...both);
      await new TabletManagerRefresher({}, 1).refresh(targets, within(2000));
      const asked = cluster.tablets.journal.filter(({ call }) => call === 'RefreshState').map(({ alias }) => alias);
      assert.deepEqual(asked, [primary, 'zone1-0000000200', 'zone1-0000000300', replica]);
    });

    it('does not take a silent replica for a silent primary', async () => {
      await cluster.tablets.get(replica).setFault('refuse');
      const refreshed = await refreshCommerce(cluster, 300);
      assert.equal(refreshed.primaryConfirmed, true);
      assert.match(reasonOf(refreshed, replica), /^zone1-0000000101 at 127\.0\.0\.1:\d+: nothing listens there/);
    });

    it('says that a tablet which hangs did not answer in time, and stops waiting then', async () => {
      await cluster.tablets.get(primary).setFault('hang');
      const started = performance.now();
      const refreshed = await refreshCommerce(cluster, 500);
      assert.ok(performance.now() - started < 1500);
      assert.equal(refreshed.primaryConfirmed, false);
      assert.match(reasonOf(refreshed, primary), /: it did not answer within 0\.5 s\. Check /);
    });

    it('gives the answer of a tablet that cannot read its record', async () => {
      await cluster.tablets.get(primary).setFault('error');
      const refreshed = await refreshCommerce(cluster);
      assert.equal(refreshed.primaryConfirmed, false);
      assert.match(
        reasonOf(refreshed, primary),
        /: it answered with an error \(.*node doesn't exist: .*\/Shard\)\. Look/,
      );
    });

    it('tries again until a tablet that is being started is there', async () => {
      const tablet = cluster.tablets.get(primary);
      await tablet.setFault('refuse');
      const words: string[] = [];
      const targets = await cluster.targets(commerce);
      const refreshing = new TabletManagerRefresher().refresh(
        targets,
        within(5000, { onProgress: (text) => void words.push(text) }),
      );
      while (!words.some((text) => text.startsWith('trying again: zone1-0000000100'))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await tablet.setFault(undefined);
      const [refreshed] = await refreshing;
      assert.equal(refreshed?.primaryConfirmed, true);
    });

    it('says how often it tried a tablet that stays away, and gives up before its time is over', async () => {
      await cluster.tablets.get(primary).setFault('refuse');
      const refreshed = await refreshCommerce(cluster, 900);
      assert.match(
        reasonOf(refreshed, primary),
        /nothing listens there \(.*ECONNREFUSED.*\)\. Check that vttablet runs, .* It was tried 3 times\.$/,
      );
    });

    it('counts a tablet that dies after its answer as confirmed, and as silent from then on', async () => {
      await cluster.tablets.get(primary).setFault('crash');
      assert.equal((await refreshCommerce(cluster)).primaryConfirmed, true);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await refreshCommerce(cluster, 200)).primaryConfirmed, false);
      await cluster.tablets.get(primary).setFault(undefined);
      assert.equal((await refreshCommerce(cluster)).primaryConfirmed, true);
    });

    it('ends at once when it is cancelled, and says so of each tablet', async () => {
      for (const tablet of cluster.tablets.all) await tablet.setFault('hang');
      const controller = new AbortController();
      const targets = await cluster.targets(commerce);
      const refreshing = new TabletManagerRefresher().refresh(targets, within(20_000, { signal: controller.signal }));
      setTimeout(() => {
        controller.abort();
      }, 200);
      const [refreshed] = await refreshing;
      assert.match(reasonOf(refreshed, primary), /: it was cancelled before it answered\.$/);
      assert.match(reasonOf(refreshed, replica), /: it was cancelled before it answered\.$/);
      assert.equal(refreshed?.primaryConfirmed, false);
    });

    it('dials without changing what a tablet enforces', async () => {
      const tablet = cluster.tablets.get(primary);
      tablet.denied = ['stale'];
      const [shard] = await cluster.targets(commerce);
      const [target] = shard?.tablets ?? [];
      assert.ok(target);
      assert.deepEqual(await new TabletManagerRefresher().dial(target, within(2000)), { status: 'answers' });
      assert.deepEqual(tablet.denied, ['stale']);
      assert.equal(cluster.tablets.journal.at(-1)?.call, 'Ping');
      await tablet.setFault('refuse');
      const answer = await new TabletManagerRefresher().dial(target, within(2000));
      assert.ok(answer.status === 'silent' && /nothing listens there/.test(answer.reason));
    });

    it('says that a tablet which speaks no TLS does not', async () => {
      const refreshed = await refreshCommerce(cluster, 2000, { tls: {} });
      assert.match(reasonOf(refreshed, primary), /TLS was tried, but what listens there does not speak it/);
    });
  });

  describe('with TLS', () => {
    let folder: string;
    let certificates: TestCertificates;
    before(async () => {
      folder = await scratchFolder('tablets');
      certificates = await makeCertificates(folder);
      cluster = await startCluster(etcd, { kind: 'mutual', certificates });
    });
    after(async () => {
      cluster.tablets.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const reason = async (access: GrpcAccess): Promise<string> =>
      reasonOf(await refreshCommerce(cluster, 2000, access), primary);

    it('confirms with the CA and a client certificate', async () => {
      const { authority: ca, client } = certificates;
      const tls = { ca, cert: client.certificate, key: client.key };
      assert.equal((await refreshCommerce(cluster, 2000, { tls })).primaryConfirmed, true);
      const named = { tls: { ...tls, serverName: 'localhost' } };
      assert.equal((await refreshCommerce(cluster, 2000, named)).primaryConfirmed, true);
    });

    it('says that a client certificate is demanded', async () => {
      const says = await reason({ tls: { ca: certificates.authority } });
      assert.match(says, /vttablet demands a client certificate that it trusts/);
    });

    it('says that the certificate is signed by another CA', async () => {
      assert.match(await reason({ tls: {} }), /the certificate of vttablet is not signed by the given CA/);
    });

    it('says that the certificate carries another name', async () => {
      const { authority: ca, client } = certificates;
      const tls = { ca, cert: client.certificate, key: client.key, serverName: 'elsewhere' };
      assert.match(await reason({ tls }), /the certificate of vttablet is made out to another name/);
    });

    it('says of a call in plain text that it got no answer and that TLS may be missing', async () => {
      assert.match(await reason({}), /closed without an answer .*If this vttablet speaks TLS, give its CA/);
    });
  });

  it('refuses credentials that cannot work', () => {
    assert.throws(() => new TabletManagerRefresher({ password: 'x' }), topologyError('invalid', 'without a user'));
  });

  it('does not take a tablet without an address for a confirmed one', async () => {
    for (const [target, says] of [
      [at('', 16_100), 'has no hostname'],
      [at('127.0.0.1', undefined), 'has no grpc port'],
    ] as const) {
      const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(target)], within(100));
      assert.equal(refreshed?.primaryConfirmed, false);
      assert.ok(reasonOf(refreshed, primary).includes(says));
      const answer = await new TabletManagerRefresher().dial(target, within(100));
      assert.ok(answer.status === 'silent' && answer.reason.includes(says));
    }
  });

  it('does not take a primary that it skips for a confirmed one', async () => {
    const drained = { ...at('127.0.0.1', 1), type: 'DRAINED' };
    const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(drained)], within(100));
    assert.deepEqual(statuses(refreshed), { [primary]: 'skipped' });
    assert.equal(refreshed?.primaryConfirmed, false);
  });

  it('says that a primary in an unread cell could not be asked', async () => {
    const unread = { ...commerce, primaryAlias: primary, tablets: [], unread: ['zone1: no route'] };
    const [refreshed] = await new TabletManagerRefresher().refresh([unread], within(100));
    assert.equal(refreshed?.primaryConfirmed, false);
    assert.deepEqual(refreshed.notes, [
      `The primary of commerce/0, ${primary}, could not be asked: no Tablet record of it could be read.`,
      'There may be further tablets of commerce/0: not everything could be read. zone1: no route',
    ]);
  });

  it('says of a shard without a primary that it has none', async () => {
    const [refreshed] = await new TabletManagerRefresher().refresh(
      [{ ...commerce, tablets: [], unread: [] }],
      within(100),
    );
    assert.equal(refreshed?.primaryConfirmed, false);
    assert.deepEqual(refreshed.notes, ['The primary of commerce/0 is not known: its Shard record names none.']);
  });

  it('says that a host name does not resolve', async () => {
    const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(at('tablet.invalid', 1))], within(200));
    assert.match(reasonOf(refreshed, primary), /the host name does not resolve/);
  });

  it('says that another server than a vttablet answers', async () => {
    const port = await freePort();
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    server.listen(port, '127.0.0.1');
    try {
      const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(at('127.0.0.1', port))], within(500));
      assert.equal(refreshed?.primaryConfirmed, false);
      assert.match(reasonOf(refreshed, primary), /what listens there is not vttablet|closed without an answer/);
    } finally {
      server.close();
    }
  });

  it('gives up on a process that takes connections and never speaks', async () => {
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => sockets.push(socket.on('error', () => undefined).resume()));
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    try {
      const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(at('127.0.0.1', port))], within(300));
      assert.match(reasonOf(refreshed, primary), /did not answer within 0\.3 s/);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('says that a server which knows no RefreshState lacks the service', async () => {
    const [host = '', port] = etcd.address.split(':');
    const target = at(host, Number(port));
    const [refreshed] = await new TabletManagerRefresher().refresh([shardOf(target)], within(2000));
    assert.match(reasonOf(refreshed, primary), /what listens there is not vttablet .*grpc-tabletmanager/);
  });
});
