import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import type { ShardRefresh } from '../../src/repair/ports.ts';
import type { GrpcAccess } from '../../src/vtctld/grpcServer.ts';
import { VtctldRefresher } from '../../src/vtctld/vtctldRefresher.ts';
import { freePort, scratchFolder } from '../../scripts/guardedProcess.ts';
import { makeCertificates } from '../harness/certificates.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { startVtctld, type StandInVtctld } from '../harness/vtctldStandIn.ts';
import { backup, both, commerce, primary, reasonOf, replica, startCluster, statuses, within } from './cluster.ts';
import type { Cluster } from './cluster.ts';

const USER = 'ein-benutzer';
const PASSWORD = 'geheimes-passwort';

describe('VtctldRefresher', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let cluster: Cluster;
  let vtctld: StandInVtctld;
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    cluster = await startCluster(etcd);
    vtctld = await startVtctld({ tablets: cluster.tablets, remoteOperationTimeoutMs: 300 });
  });
  afterEach(() => {
    vtctld.stop();
    cluster.tablets.stop();
  });

  const refresher = (access?: GrpcAccess, server = vtctld): VtctldRefresher =>
    new VtctldRefresher({ host: '127.0.0.1', port: server.server.port }, access);
  const refreshCommerce = async (by = refresher(), timeoutMs = 2000): Promise<ShardRefresh> => {
    const [refreshed] = await by.refresh(await cluster.targets(commerce), within(timeoutMs));
    assert.ok(refreshed);
    return refreshed;
  };

  it('has vtctld refresh every tablet of each shard', async () => {
    for (const tablet of cluster.tablets.all) tablet.denied = ['stale'];
    const shards = await refresher().refresh(await cluster.targets(commerce, ...both), within(2000));
    assert.deepEqual(
      shards.map(({ primaryConfirmed }) => primaryConfirmed),
      [true, true, true],
    );
    const confirmed = { [primary]: 'confirmed', [replica]: 'confirmed', [backup]: 'confirmed' };
    assert.deepEqual(statuses(shards[0]), confirmed);
    assert.ok(cluster.tablets.all.every(({ denied }) => !denied.includes('stale')));
  });

  it('sends the bytes that a real vtctld was sent', async () => {
    await refresher().refresh(await cluster.targets({ keyspace: 'customer', shard: '-80' }), within(2000));
    const captured = await readFile('test/captures/grpc/RefreshStateByShard-customer--80.request.bin');
    const path = '/vtctlservice.Vtctld/RefreshStateByShard';
    assert.deepEqual(vtctld.server.requests, [{ path, bytes: captured }]);
  });

  it('confirms the primary of a partial refresh that names only a replica', async () => {
    await cluster.tablets.get(replica).setFault('error');
    const refreshed = await refreshCommerce();
    assert.deepEqual(statuses(refreshed), { [primary]: 'confirmed', [replica]: 'failed', [backup]: 'confirmed' });
    assert.equal(refreshed.primaryConfirmed, true);
    assert.match(
      refreshed.notes.join(),
      /^vtctld refreshed only a part of commerce\/0: failed to refresh tablet zone1-0000000101: /,
    );
  });

  it('does not confirm a primary that a partial refresh names', async () => {
    for (const alias of [primary, replica]) await cluster.tablets.get(alias).setFault('hang');
    const refreshed = await refreshCommerce();
    assert.deepEqual(statuses(refreshed), { [primary]: 'failed', [replica]: 'failed', [backup]: 'confirmed' });
    assert.equal(refreshed.primaryConfirmed, false);
    assert.match(reasonOf(refreshed, primary), /vtctld told of a partial refresh: .*context deadline exceeded/);
  });

  for (const words of [
    'got partial results from topo server for shard commerce/0: zone2',
    'words of another version',
  ]) {
    it(`confirms nothing after a partial refresh of which it is told "${words}"`, async () => {
      vtctld.partialRecords = words;
      const refreshed = await refreshCommerce();
      assert.deepEqual(statuses(refreshed), { [primary]: 'failed', [replica]: 'failed', [backup]: 'failed' });
      assert.equal(refreshed.primaryConfirmed, false);
    });
  }

  it('does not confirm a primary without a hostname, which vtctld leaves out without a word', async () => {
    const [shard] = await cluster.targets(commerce);
    assert.ok(shard);
    const tablets = shard.tablets.map((tablet) => (tablet.isPrimary ? { ...tablet, hostname: '' } : tablet));
    const [refreshed] = await refresher().refresh([{ ...shard, tablets }], within(2000));
    assert.equal(refreshed?.primaryConfirmed, false);
    assert.match(reasonOf(refreshed, primary), /has no hostname/);
  });

  it('gives vtctld’s error for every tablet of the shard', async () => {
    const [shard] = await cluster.targets(commerce);
    assert.ok(shard);
    const [refreshed] = await refresher().refresh([{ ...shard, shard: 'gone' }], within(2000));
    assert.equal(refreshed?.primaryConfirmed, false);
    assert.match(reasonOf(refreshed, replica), /^vtctld at .*: it answered with an error \(Failed to get shard/);
    assert.deepEqual(refreshed.notes, [reasonOf(refreshed, primary)]);
  });

  it('says that vtctld is not there', async () => {
    const gone = new VtctldRefresher({ host: '127.0.0.1', port: await freePort() });
    const refreshed = await refreshCommerce(gone, 200);
    assert.equal(refreshed.primaryConfirmed, false);
    assert.match(reasonOf(refreshed, primary), /nothing listens there .* Check the address and that vtctld runs/);
  });

  it('logs in where vtctld asks for a user, and repeats no password', async () => {
    const server = await startVtctld({ tablets: cluster.tablets, auth: { user: USER, password: PASSWORD } });
    try {
      const right = await refreshCommerce(refresher({ user: USER, password: PASSWORD }, server));
      assert.equal(right.primaryConfirmed, true);
      const none = await refreshCommerce(refresher({}, server));
      assert.match(reasonOf(none, primary), /vtctld demands a user and a password .*--grpc-auth-static-password-file/);
      const wrong = await refreshCommerce(refresher({ user: USER, password: `${PASSWORD}!` }, server));
      assert.match(reasonOf(wrong, primary), /vtctld refuses the user or the password/);
      assert.ok(!JSON.stringify([none, wrong]).includes(PASSWORD));
    } finally {
      server.stop();
    }
  });

  it('speaks TLS with a client certificate', async () => {
    const folder = await scratchFolder('vtctld');
    try {
      const certificates = await makeCertificates(folder);
      const server = await startVtctld({ tablets: cluster.tablets, tls: { kind: 'mutual', certificates } });
      const { authority: ca, client } = certificates;
      const tls = { ca, cert: client.certificate, key: client.key, serverName: 'localhost' };
      assert.equal((await refreshCommerce(refresher({ tls }, server))).primaryConfirmed, true);
      assert.equal((await refreshCommerce(refresher({ tls: { ca } }, server))).primaryConfirmed, false);
      server.stop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
