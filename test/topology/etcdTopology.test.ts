import assert from 'node:assert/strict';
import type { EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { freePort } from '../../scripts/guardedProcess.ts';
import { assertSays, bytes, smallWorld, topologyContract, topologyError, wholeKeys } from './contract.ts';
import { clear, Opener, putAll, viaGlobal } from './etcdWorld.ts';

const SECRETS = { user: 'ein-benutzer', password: 'geheimes-passwort' };

describe('EtcdTopology', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  const opener = new Opener();
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(() => clear(etcd));
  afterEach(() => opener.closeAll());

  topologyContract('EtcdTopology', async ({ keys, root, failedCell }) => {
    await putAll(etcd, keys);
    const unreachable = failedCell === undefined ? {} : { [failedCell]: `127.0.0.1:${await freePort()}` };
    const cellAddresses = { zone1: 'global', zone2: 'global', ...unreachable };
    // This etcd asks for no login, so it takes any; what counts is that the credentials appear nowhere.
    const topology = opener.open(etcd, { root, cellAddresses, ...SECRETS });
    return { topology, secrets: Object.values(SECRETS), close: () => topology.close() };
  });

  it('gives the revision that it read at and every record’s own', async () => {
    await putAll(etcd, smallWorld());
    const { header } = await etcd.client.put('/vitess/global/RoutingRules').value('x').exec();
    const data = await opener.open(etcd, viaGlobal).read();
    assert.equal(data.revision, header.revision);
    assert.equal(data.global.find(({ path }) => path === 'RoutingRules')?.modRevision, header.revision);
    const [, second] = data.global;
    assert.ok(Number(second?.modRevision) < Number(header.revision));
  });

  it('names the roots there are when the given one holds nothing', async () => {
    await putAll(etcd, smallWorld({ '/other/thing': bytes('x'), plain: bytes('x') }));
    const says = 'Keys are stored under /other/thing, /vitess/global, /vitess/zone1, /vitess/zone2, plain.';
    await assert.rejects(opener.open(etcd, { root: '/vitess/globl' }).read(), topologyError('not-found', says));
  });

  it('reads a root that does not begin with a slash', async () => {
    await putAll(etcd, new Map([['vitess/global/keyspaces/ks/Keyspace', bytes('x')]]));
    assert.equal((await opener.open(etcd, { root: 'vitess/global' }).read()).global.length, 1);
    await assert.rejects(opener.open(etcd).read(), topologyError('not-found', 'Keys are stored under vitess/global.'));
  });

  it('reads a topology whose keys have no prefix', async () => {
    await putAll(etcd, new Map([['keyspaces/ks/Keyspace', bytes('x')]]));
    const { global } = await opener.open(etcd, { root: '' }).read();
    assert.deepEqual(
      global.map(({ path }) => path),
      ['keyspaces/ks/Keyspace'],
    );
  });

  it('says that a key which is no UTF-8 was left out', async () => {
    await putAll(etcd, smallWorld());
    const key = Buffer.concat([Buffer.from('/vitess/global/keyspaces/'), Buffer.from([0xff, 0xfe])]);
    await etcd.client.kv.put({ key, value: Buffer.from('x') });
    const data = await opener.open(etcd, viaGlobal).read();
    assert.equal(wholeKeys(data).size, 5);
    assertSays(data.notes.join(), '1 key is left out: the name is not UTF-8');
  });

  it('reads through another endpoint when some are dead', async () => {
    await putAll(etcd, smallWorld());
    const endpoints = [`127.0.0.1:${await freePort()}`, etcd.address, `127.0.0.1:${await freePort()}`];
    assert.equal(wholeKeys(await opener.openAt(endpoints, viaGlobal).read()).size, 5);
  });

  it('names every endpoint when all are dead', async () => {
    const ports = [await freePort(), await freePort()];
    const topology = opener.openAt(ports.map((port) => `127.0.0.1:${port}`));
    const names = ports.map((port) => `etcd at 127.0.0.1:${port}: nothing listens there`);
    await assert.rejects(topology.read(), topologyError('unreachable', ...names));
  });

  it('reads again after etcd went away and came back', async () => {
    await putAll(etcd, smallWorld());
    const topology = opener.open(etcd, { dialTimeoutMs: 300, ...viaGlobal });
    await topology.read();
    etcd.suspend();
    try {
      await assert.rejects(topology.read(), topologyError('unreachable', 'nothing answered within 0.3 s'));
    } finally {
      etcd.resume();
    }
    assert.equal(wholeKeys(await topology.read()).size, 5);
  });

  it('shares its connections between reads at the same time', async () => {
    await putAll(etcd, smallWorld());
    const topology = opener.open(etcd, viaGlobal);
    const controller = new AbortController();
    const cancelled = topology.read({ signal: controller.signal });
    const reads = Promise.all([topology.read(), topology.read(), topology.read()]);
    controller.abort();
    await assert.rejects(cancelled, topologyError('cancelled'));
    for (const data of await reads) assert.equal(wholeKeys(data).size, 5);
  });

  describe('constructor', () => {
    const make = (options: Partial<EtcdTopologyOptions>) => (): EtcdTopology =>
      new EtcdTopology({ endpoints: ['127.0.0.1:2379'], root: '/vitess/global', ...options });

    for (const endpoint of ['', 'host', 'host:', 'host:0', 'host:65536', 'http://host:1/path', 'a b:1', 'unix:/x']) {
      it(`refuses ${JSON.stringify(endpoint)} as an endpoint`, () => {
        assert.throws(make({ endpoints: [endpoint] }), topologyError('invalid', 'HOST:PORT'));
      });
    }

    it('refuses a password in an endpoint and does not repeat it', () => {
      assert.throws(make({ endpoints: ['http://root:geheim@host:2379'] }), (error: Error) => {
        topologyError('invalid', 'user and password')(error);
        assert.ok(!error.message.includes('geheim'));
        return true;
      });
    });

    it('refuses endpoints with and without TLS together', () => {
      assert.throws(make({ endpoints: ['http://a:1', 'https://b:1'] }), topologyError('invalid', 'one scheme'));
    });

    it('refuses TLS for an endpoint that says http', () => {
      assert.throws(make({ endpoints: ['http://a:1'], tls: {} }), topologyError('invalid', 'https://'));
    });

    it('refuses a password without a user', () => {
      assert.throws(make({ password: 'x' }), topologyError('invalid', 'without a user'));
    });

    it('takes commas, schemes, IPv6 hosts and capitals in endpoints', () => {
      const { description } = make({ endpoints: ['http://A.example:2379, http://[::1]:2379/'] })();
      assert.equal(description, 'etcd a.example:2379,[::1]:2379, root /vitess/global');
    });
  });
});
