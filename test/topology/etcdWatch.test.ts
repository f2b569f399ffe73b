import assert from 'node:assert/strict';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startProxy } from '../harness/tcpProxy.ts';
import type { TcpProxy } from '../harness/tcpProxy.ts';
import { bytes, cellNamed, smallWorld } from './contract.ts';
import { clear, Opener, putAll, under, viaGlobal, worldOf, writerWorld } from './etcdWorld.ts';
import { Follower } from './watchBench.ts';
import { watchContract } from './watchContract.ts';
import { foreignLock, GLOBAL } from './writerBench.ts';

describe('EtcdTopology.watch', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  const opener = new Opener();
  const closing: (() => Promise<unknown>)[] = [];
  const started = async (server: Promise<EtcdServer>): Promise<EtcdServer> => {
    const other = await server;
    closing.push(() => other.stop());
    return other;
  };
  const proxied = async (server: EtcdServer): Promise<TcpProxy> => {
    const proxy = await startProxy(server.address);
    closing.push(() => proxy.stop());
    return proxy;
  };
  const put = (key: string, value: string, server = etcd): Promise<unknown> =>
    server.client.put(key).value(value).exec();
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(() => clear(etcd));
  afterEach(async () => {
    await opener.closeAll();
    for (const close of closing.splice(0)) await close();
  });

  watchContract('EtcdTopology', async (keys) => {
    await putAll(etcd, keys);
    return writerWorld(etcd, opener.open(etcd, viaGlobal));
  });

  it('goes on where it was when the connection is lost, and says what is stale meanwhile', async () => {
    await putAll(etcd, smallWorld());
    const proxy = await proxied(etcd);
    const topology = opener.openAt([proxy.address], viaGlobal);
    const follower = await Follower.from(topology);
    await put(`${GLOBAL}RoutingRules`, 'before');
    await follower.until(({ written }) => written.length === 1);
    const lostAt = Date.now();
    proxy.set({ kind: 'drop' });
    await follower.until(({ status }) => status.kind === 'stale', 'stale');
    for (const text of ['one', 'two']) await put(`${GLOBAL}RoutingRules`, text);
    await put('/vitess/zone1/SrvVSchema', 'three');
    const { status } = follower;
    assert.ok(status.kind === 'stale' && status.failure.code === 'unreachable');
    assert.ok(status.since >= lostAt && status.since <= Date.now());
    assert.equal(follower.written.length, 1);
    proxy.set({ kind: 'forward' });
    await follower.until(({ written }) => written.length === 4);
    assert.deepEqual(follower.written.slice(1), ['RoutingRules', 'RoutingRules', 'zone1/SrvVSchema']);
    assert.equal(follower.status.kind, 'live');
    await follower.untilEqual(topology);
  });

  it('does not call anything stale for a connection that comes back at once', async () => {
    await putAll(etcd, smallWorld());
    const proxy = await proxied(etcd);
    const follower = await Follower.from(opener.openAt([proxy.address], viaGlobal));
    await put(`${GLOBAL}RoutingRules`, 'before');
    await follower.until(({ written }) => written.length === 1);
    proxy.set({ kind: 'drop' });
    proxy.set({ kind: 'forward' });
    await put(`${GLOBAL}RoutingRules`, 'after');
    await follower.until(({ written }) => written.length === 2);
    assert.ok(follower.updates.every(({ status }) => status.kind === 'live'));
  });

  it('reads everything when etcd compacted away what it did not see', async () => {
    await putAll(etcd, smallWorld({ [`${GLOBAL}keyspaces/old/Keyspace`]: bytes('x') }));
    const proxy = await proxied(etcd);
    const topology = opener.openAt([proxy.address], viaGlobal);
    const follower = await Follower.from(topology);
    proxy.set({ kind: 'drop' });
    await follower.until(({ status }) => status.kind === 'stale', 'stale');
    await put(`${GLOBAL}RoutingRules`, 'unseen');
    await etcd.client.delete().key(`${GLOBAL}keyspaces/old/Keyspace`).exec();
    const { header } = await etcd.client.put(`${GLOBAL}RoutingRules`).value('seen').exec();
    await etcd.client.kv.compact({ revision: header.revision, physical: true });
    proxy.set({ kind: 'forward' });
    await follower.until(({ written }) => written.length === 1);
    assert.deepEqual(follower.written, ['RoutingRules -keyspaces/old/Keyspace']);
    await follower.untilEqual(topology);
    await put(`${GLOBAL}RoutingRules`, 'and on');
    await follower.until(({ written }) => written.at(-1) === 'RoutingRules');
  });

  it('starts from a reading whose revision is compacted away', async () => {
    await putAll(etcd, smallWorld());
    const topology = opener.open(etcd, viaGlobal);
    const from = await topology.read();
    await put(`${GLOBAL}RoutingRules`, 'one');
    const { header } = await etcd.client.put(`${GLOBAL}RoutingRules`).value('two').exec();
    await etcd.client.kv.compact({ revision: header.revision, physical: true });
    const follower = new Follower(topology, from);
    await follower.until(({ written }) => written.join() === 'RoutingRules');
    await follower.untilEqual(topology);
  });

  it('survives a restart of etcd', async () => {
    const other = await started(startEtcd());
    await putAll(other, smallWorld());
    const topology = opener.open(other, viaGlobal);
    const follower = await Follower.from(topology);
    await other.kill();
    await follower.until(({ status }) => status.kind === 'stale', 'stale');
    await other.start();
    await follower.until(({ status }) => status.kind === 'live', 'live');
    await put(`${GLOBAL}RoutingRules`, 'after', other);
    await follower.until(({ written }) => written.join() === 'RoutingRules');
    await follower.untilEqual(topology);
  });

  it('reads everything when another etcd answers at the address', async () => {
    const [first, second] = [await started(startEtcd()), await started(startEtcd())];
    await putAll(first, smallWorld());
    await putAll(second, smallWorld({ [`${GLOBAL}RoutingRules`]: bytes('of the other') }));
    const [one, two] = [await proxied(first), await proxied(second)];
    const follower = await Follower.from(opener.openAt([one.address, two.address], viaGlobal));
    const showsOther = follower.data.global.some(({ path }) => path === 'RoutingRules');
    (showsOther ? two : one).set({ kind: 'drop' });
    await follower.until(({ written }) => written.length === 1);
    assert.equal(
      follower.data.global.some(({ path }) => path === 'RoutingRules'),
      !showsOther,
    );
  });

  it('follows cells in other clusters, and loses no more than the cell whose cluster is lost', async () => {
    const [one, two] = [await started(startEtcd()), await started(startEtcd())];
    const proxy = await proxied(two);
    const keys = worldOf(one.address, proxy.address);
    await putAll(etcd, under(keys, '/vitess/global'));
    await putAll(one, under(keys, '/vitess/zone1'));
    await putAll(two, under(keys, '/vitess/zone2'));
    const topology = opener.open(etcd);
    const follower = await Follower.from(topology);
    await put('/vitess/zone1/SrvVSchema', 'new', one);
    await put('/vitess/zone2/SrvVSchema', 'new', two);
    await follower.until(({ written }) => written.length === 2);
    proxy.set({ kind: 'drop' });
    await follower.until(({ data }) => cellNamed(data, 'zone2').status === 'failed', 'the loss of zone2');
    await put('/vitess/zone2/SrvVSchema', 'unseen', two);
    await put('/vitess/zone1/SrvVSchema', 'seen', one);
    await put(`${GLOBAL}RoutingRules`, 'seen');
    await follower.until(({ written }) => written.length === 4);
    assert.deepEqual(follower.written.slice(2).sort(), ['RoutingRules', 'zone1/SrvVSchema']);
    assert.ok(follower.updates.every(({ status }) => status.kind === 'live'));
    const lost = cellNamed(follower.data, 'zone2');
    assert.ok(lost.status === 'failed' && lost.failure.message.startsWith('zone2: '));
    proxy.set({ kind: 'forward' });
    await follower.until(({ written }) => written.at(-1) === 'zone2/SrvVSchema');
    await follower.untilEqual(topology);
  });

  it('takes a cell in that could not be read at first', async () => {
    const two = await started(startEtcd());
    const proxy = await proxied(two);
    const keys = worldOf(etcd.address, proxy.address);
    await putAll(etcd, new Map([...under(keys, '/vitess/global'), ...under(keys, '/vitess/zone1')]));
    await putAll(two, under(keys, '/vitess/zone2'));
    proxy.set({ kind: 'drop' });
    const topology = opener.open(etcd);
    const follower = await Follower.from(topology);
    assert.equal(cellNamed(follower.data, 'zone2').status, 'failed');
    proxy.set({ kind: 'forward' });
    await follower.until(({ data }) => cellNamed(data, 'zone2').status === 'loaded', 'zone2');
    await put('/vitess/zone2/SrvVSchema', 'new', two);
    await follower.until(({ written }) => written.at(-1) === 'zone2/SrvVSchema');
    await follower.untilEqual(topology);
  });

  it('reads the leases of locks again while there are locks', async () => {
    await putAll(etcd, smallWorld());
    const { ID } = await etcd.client.leaseClient.leaseGrant({ TTL: 3600 });
    const path = `keyspaces/ks/locks/${ID}`;
    await etcd.client
      .put(`${GLOBAL}${path}`)
      .value(Buffer.from(foreignLock('SwitchTraffic')))
      .lease(ID)
      .exec();
    const follower = await Follower.from(opener.open(etcd, viaGlobal), { leaseIntervalMs: 50 });
    const ttl = (): number => {
      const lease = follower.data.global.find((record) => record.path === path)?.lease;
      return lease?.kind === 'held' ? lease.ttlSeconds : assert.fail('no lease');
    };
    const before = ttl();
    await follower.until(() => ttl() < before, 'a shorter lease');
    assert.deepEqual(follower.written, []);
    assert.ok(follower.data.readAt > follower.start.readAt);
  });

  it('follows with the rights that reading takes', async () => {
    const guarded = await started(startEtcd({ rootPassword: 'geheim' }));
    const role = await guarded.client.role('reader').create();
    for (const key of ['/vitess/global/', '/vitess/zone1/', '/vitess/zone2/']) {
      await role.grant({ permission: 'Read', range: guarded.client.range({ prefix: key }) });
    }
    const user = await guarded.client.user('leser').create('auch-geheim');
    await user.addRole('reader');
    await putAll(guarded, smallWorld());
    const topology = opener.open(guarded, { ...viaGlobal, user: 'leser', password: 'auch-geheim' });
    const follower = await Follower.from(topology);
    await put(`${GLOBAL}RoutingRules`, 'one', guarded);
    await put('/vitess/zone2/SrvVSchema', 'two', guarded);
    await follower.until(({ written }) => written.length === 2);
    await follower.untilEqual(topology);
    assert.ok(follower.updates.every(({ status }) => status.kind === 'live'));
  });

  it('is stale while nothing is left of the topology, and current when it is there again', async () => {
    await putAll(etcd, smallWorld());
    const topology = opener.open(etcd, viaGlobal);
    const follower = await Follower.from(topology);
    await clear(etcd);
    await follower.until(({ status }) => status.kind === 'stale' && status.failure.code === 'not-found', 'stale');
    await putAll(etcd, smallWorld());
    await follower.untilEqual(topology);
  });
});
