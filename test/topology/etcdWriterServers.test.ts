import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { RecordId } from '../../src/model/record.ts';
import type { EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import type { TopologyWriter, WriteTransaction } from '../../src/topology/topologyWriter.ts';
import { freePort } from '../../scripts/guardedProcess.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdOptions, EtcdServer } from '../harness/etcd.ts';
import { assertSays, bytes, topologyError } from './contract.ts';
import { Opener, putAll, under, viaGlobal, worldOf, writerWorld } from './etcdWorld.ts';
import { GLOBAL, KEYSPACE, lockOptions, rules, shard, WHO, within, writerKeys } from './writerBench.ts';

describe('EtcdWriter with other servers', function () {
  this.timeout(30_000);
  const servers: EtcdServer[] = [];
  const writers: TopologyWriter[] = [];
  const opener = new Opener();
  const start = async (options?: EtcdOptions): Promise<EtcdServer> => {
    const server = await startEtcd(options);
    servers.push(server);
    return server;
  };
  const open = async (etcd: EtcdServer, options: Partial<EtcdTopologyOptions> = viaGlobal): Promise<TopologyWriter> => {
    const topology = opener.open(etcd, options);
    await topology.read();
    const writer = await topology.openWriter(WHO, within());
    writers.push(writer);
    return writer;
  };
  const SRV: RecordId = { cell: 'zone2', path: 'SrvVSchema' };
  const commit = (
    writer: TopologyWriter,
    writes: WriteTransaction['writes'],
    guards: WriteTransaction['guards'] = [],
  ): ReturnType<TopologyWriter['commit']> => writer.commit({ writes, guards }, within());
  const create = (path: string, value = bytes('x')): WriteTransaction['writes'][number] => ({
    record: { path },
    value,
    modRevision: '0',
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer.close(within(2000));
    await opener.closeAll();
    for (const server of servers.splice(0)) await server.stop();
  });

  it('writes through TLS to an etcd that demands a login', async () => {
    const etcd = await start({ tls: 'mutual', rootPassword: 'geheim' });
    await putAll(etcd, writerKeys());
    const certificates = etcd.certificates ?? assert.fail('no certificates');
    const tls = { ca: certificates.authority, cert: certificates.client.certificate, key: certificates.client.key };
    const writer = await open(etcd, { ...viaGlobal, tls, user: 'root', password: 'geheim', lockTtlSeconds: 2 });
    const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    // Beyond the lease's first lifetime, so that it has been renewed.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.equal((await commit(writer, [create('MirrorRules')])).status, 'committed');
    assert.equal(await etcd.client.get(`${GLOBAL}MirrorRules`).string(), 'x');
    assert.equal(await writer.close(within()), true);
    assert.equal(await etcd.client.get(GLOBAL + lock.record.path).string(), null);
  });

  it('says which permission a user lacks who may only read', async () => {
    const etcd = await start({ rootPassword: 'geheim' });
    await putAll(etcd, writerKeys());
    const role = await etcd.client.role('reader').create();
    await role.grant({ permission: 'Read', range: etcd.client.range({ prefix: '/vitess/' }) });
    const reader = await etcd.client.user('reader').create('lesen');
    await reader.addRole('reader');
    const writer = await open(etcd, { ...viaGlobal, user: 'reader', password: 'lesen' });
    const says = topologyError('permission-denied', 'may not write', 'readwrite');
    await assert.rejects(commit(writer, [create('MirrorRules')]), says);
    await assert.rejects(writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()), says);
    assert.equal(await etcd.client.get(`${GLOBAL}MirrorRules`).string(), null);
  });

  it('logs in anew when its token is no longer accepted', async () => {
    const etcd = await start({ rootPassword: 'geheim' });
    await putAll(etcd, writerKeys());
    const writer = await open(etcd, { ...viaGlobal, user: 'root', password: 'geheim' });
    // Every change of users makes all tokens old.
    await etcd.client.role('another').create();
    assert.equal((await commit(writer, [create('MirrorRules')])).status, 'committed');
  });

  it('rejects with no-space, and has written nothing, when etcd’s quota is used up', async () => {
    const etcd = await start({ flags: [`--quota-backend-bytes=${2 * 1024 * 1024}`] });
    await putAll(etcd, writerKeys());
    const writer = await open(etcd);
    const fill = async (): Promise<void> => {
      for (let index = 0; ; index++)
        await etcd.client
          .put(`fill/${index}`)
          .value(Buffer.alloc(256 * 1024))
          .exec();
    };
    await assert.rejects(fill(), /space exceeded/);
    await assert.rejects(commit(writer, [create('MirrorRules')]), topologyError('no-space', 'NOSPACE', 'alarm disarm'));
    // The first client's circuit breaker is open after its failures.
    const other = new Etcd3(etcd.clientOptions);
    assert.equal(await other.get(`${GLOBAL}MirrorRules`).string(), null);
    other.close();
    const locking = writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
    await assert.rejects(locking, topologyError('no-space'));
  });

  it('says which limit of etcd a transaction is over', async () => {
    const etcd = await start({ flags: ['--max-txn-ops=4', `--max-request-bytes=${100 * 1024}`] });
    await putAll(etcd, writerKeys());
    const writer = await open(etcd);
    const many = [1, 2, 3, 4, 5].map((index) => create(`keyspaces/ks${index}/Keyspace`));
    await assert.rejects(commit(writer, many), topologyError('invalid', '--max-txn-ops'));
    for (const bytes of [200 * 1024, 1024 * 1024]) {
      const large = commit(writer, [create('MirrorRules', new Uint8Array(bytes))]);
      await assert.rejects(large, topologyError('invalid', '--max-request-bytes'));
    }
    assert.equal((await commit(writer, many.slice(1))).status, 'committed');
  });

  it('takes as much as its limits say', async () => {
    const etcd = await start();
    await putAll(etcd, writerKeys());
    const writer = await open(etcd);
    for (const keyspace of ['a', 'b', 'c']) {
      await writer.lock(`keyspaces/${keyspace}`, { action: 'Repair' }, lockOptions());
    }
    const { operations, bytes: most } = writer.limits;
    assert.equal(operations, 125);
    const name = 'k'.repeat(200);
    const writes = Array.from({ length: operations - 1 }, (_, index) => create(`keyspaces/${name}${index}/Keyspace`));
    const first = create(`keyspaces/${name}/Keyspace`, new Uint8Array(most - writes.length));
    assert.equal((await commit(writer, [first, ...writes])).status, 'committed');
  });

  describe('of which one holds a cell', () => {
    let global: EtcdServer;
    let other: EtcdServer;
    const startBoth = async (flags: readonly string[] = []): Promise<TopologyWriter> => {
      [global, other] = await Promise.all([start({ flags }), start({ flags })]);
      const keys = new Map([...worldOf(global.address, other.address), ...under(writerKeys(), `${GLOBAL}k`)]);
      await putAll(global, under(keys, GLOBAL));
      await putAll(global, under(keys, '/vitess/zone1/'));
      await putAll(global, new Map([[GLOBAL + rules.path, bytes('rules')]]));
      await putAll(other, under(keys, '/vitess/zone2/'));
      // So that its revision is over the global one's, also where both have one id.
      for (let index = 0; index < keys.size; index++) await other.client.put('filler').value('').exec();
      return open(global, {});
    };
    const revisionIn = async (etcd: EtcdServer, key: string): Promise<string> =>
      (await writerWorld(etcd, opener.open(etcd)).get(key))?.modRevision ?? '0';
    const srvWrite = async (): Promise<WriteTransaction['writes'][number]> => ({
      record: SRV,
      value: bytes('new'),
      modRevision: await revisionIn(other, '/vitess/zone2/SrvVSchema'),
    });
    const srv = (): Promise<string | null> => other.client.get('/vitess/zone2/SrvVSchema').string();

    it('writes to the cell’s cluster under the locks and guards of the global one', async () => {
      const writer = await startBoth();
      assert.notEqual(writer.clusterOf(SRV), writer.clusterOf(rules));
      assert.equal(writer.clusterOf({ cell: 'zone1', path: 'SrvVSchema' }), writer.clusterOf(rules));
      await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
      const guard = {
        kind: 'record',
        record: rules,
        modRevision: await revisionIn(global, GLOBAL + rules.path),
      } as const;
      const result = await commit(writer, [await srvWrite()], [guard]);
      assert.deepEqual(result, { status: 'committed', revision: await revisionIn(other, '/vitess/zone2/SrvVSchema') });
      assert.equal(await srv(), 'new');
      assert.equal(await global.client.get('/vitess/zone2/SrvVSchema').string(), null);
    });

    it('writes nothing there when something in the global cluster changed', async () => {
      const writer = await startBoth();
      const notAfter = (await global.client.get('none').exec()).header.revision;
      const guards = [
        { kind: 'record', record: rules, modRevision: await revisionIn(global, GLOBAL + rules.path) },
        { kind: 'prefix', prefix: `${KEYSPACE}/shards/`, notAfter },
      ] as const;
      const lock = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
      await global.client.put(GLOBAL + rules.path).value('theirs');
      await global.client.put(GLOBAL + shard('0').path).value('new');
      await global.client.delete().key(GLOBAL + lock.record.path);
      const changed = ['RoutingRules', `${KEYSPACE}/shards/`];
      const conflict = { status: 'conflict', changed, lostLocks: [KEYSPACE] };
      assert.deepEqual(await commit(writer, [await srvWrite()], guards), conflict);
      assert.equal(await srv(), 'two');
      assert.ok(writer.lost.aborted);
    });

    it('compares a guard of the cell’s record before it writes to the global cluster', async () => {
      const writer = await startBoth();
      const { modRevision } = await srvWrite();
      await other.client.put('/vitess/zone2/SrvVSchema').value('theirs');
      const guard = { kind: 'record', record: SRV, modRevision } as const;
      const result = await commit(writer, [create('MirrorRules')], [guard]);
      assert.deepEqual(result, { status: 'conflict', changed: ['zone2/SrvVSchema'], lostLocks: [] });
      assert.equal(await global.client.get(`${GLOBAL}MirrorRules`).string(), null);
    });

    it('refuses a transaction over both', async () => {
      const writer = await startBoth();
      await assert.rejects(commit(writer, [await srvWrite(), create('MirrorRules')]), /two clusters/);
      assert.equal(await srv(), 'two');
    });

    it('writes nothing to a cluster that has the id of the global one and is another', async () => {
      const peer = `http://127.0.0.1:${await freePort()}`;
      const writer = await startBoth([`--initial-advertise-peer-urls=${peer}`, `--initial-cluster=topo=${peer}`]);
      assert.equal(writer.clusterOf(SRV), writer.clusterOf(rules));
      const writing = commit(writer, [
        { record: { cell: 'zone2', path: 'keyspaces/ks/SrvKeyspace' }, value: bytes('x'), modRevision: '0' },
      ]);
      await assert.rejects(writing, (error: Error) => {
        topologyError('invalid')(error);
        assertSays(error.message, '--initial-cluster-token');
        return true;
      });
      for (const etcd of [global, other]) {
        assert.equal(await etcd.client.get('/vitess/zone2/keyspaces/ks/SrvKeyspace').string(), null);
      }
    });
  });
});
