import assert from 'node:assert/strict';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { bytes, cellNamed, loadedRecords, topologyError, wholeKeys } from './contract.ts';
import { betweenRanges, clear, Opener, putAll, under, worldOf } from './etcdWorld.ts';

const SHARDS = 30;

/** Every record but the CellInfos says the same number, written in one transaction. */
async function writeAll(etcd: EtcdServer, number: number): Promise<void> {
  const names = Array.from({ length: SHARDS }, (_, index) => `keyspaces/ks/shards/${index}/Shard`);
  const keys = ['RoutingRules', ...names].map((name) => `/vitess/global/${name}`);
  const cellKeys = ['zone1', 'zone2'].flatMap((cell) => [
    `/vitess/${cell}/SrvVSchema`,
    `/vitess/${cell}/tablets/a/Tablet`,
  ]);
  const put = (key: string): object => ({
    request_put: { key: Buffer.from(key), value: Buffer.from(String(number)) },
  });
  // A record that comes and goes: it exists at odd numbers only.
  const passing = Buffer.from('/vitess/global/keyspaces/passing/Keyspace');
  const come = number % 2 === 1 ? put(String(passing)) : { request_delete_range: { key: passing } };
  await etcd.client.kv.txn({ success: [...[...keys, ...cellKeys].map(put), come] });
}

/** The one number that all records of a snapshot say. */
function numberOf(data: TopologyData): number {
  // The world's other records (its CellInfos and one keyspace) do not change.
  const texts = [...wholeKeys(data).values()].map((value) => Buffer.from(value).toString());
  const records = texts.filter((text) => /^\d+$/.test(text));
  const numbers = new Set(records.map(Number));
  assert.equal(numbers.size, 1, `records of several moments: ${[...numbers].join(', ')}`);
  const [number = Number.NaN] = numbers;
  assert.equal(records.length, SHARDS + 5 + (number % 2));
  return number;
}

describe('consistency of an EtcdTopology', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let other: EtcdServer;
  const opener = new Opener();
  before(async () => {
    [etcd, other] = await Promise.all([startEtcd(), startEtcd()]);
  });
  after(() => Promise.all([etcd.stop(), other.stop()]));
  beforeEach(() => Promise.all([clear(etcd), clear(other)]));
  afterEach(() => opener.closeAll());

  const localhost = (): string => etcd.address.replace('127.0.0.1', 'localhost');

  for (const pageSize of [1, 7, undefined]) {
    it(`gives one moment while everything changes between pages of ${pageSize ?? 'any number of'} keys`, async () => {
      await putAll(etcd, worldOf(etcd.address, localhost()));
      await writeAll(etcd, 0);
      let number = 0;
      const topology = opener.open(etcd, pageSize === undefined ? {} : { pageSize });
      const data = await betweenRanges(
        () => writeAll(etcd, ++number),
        () => topology.read(),
      );
      const calls = number;
      assert.ok(calls > (pageSize === 1 ? SHARDS : 10), `${calls} calls`);
      assert.equal(numberOf(data), 1, 'the first call’s moment');
      const state = await etcd.client.kv.range({
        key: Buffer.from('/vitess/'),
        range_end: Buffer.from('/vitess0'),
        revision: data.revision ?? '',
      });
      assert.deepEqual(
        wholeKeys(data),
        new Map(state.kvs.map(({ key, value }) => [String(key), new Uint8Array(value)])),
      );
    });
  }

  it('gives one moment while a writer never rests', async () => {
    await putAll(etcd, worldOf(localhost(), etcd.address));
    await writeAll(etcd, 0);
    const topology = opener.open(etcd, { pageSize: 2 });
    let writing = true;
    let number = 0;
    const writer = (async () => {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the test ends it from outside
      while (writing) await writeAll(etcd, ++number);
    })();
    const seen = new Set<number>();
    for (let round = 0; round < 10; round++) seen.add(numberOf(await topology.read()));
    writing = false;
    await writer;
    assert.ok(seen.size > 5, `only ${seen.size} moments in 10 reads, ${number} writes`);
  });

  it('reads a cell of the same cluster under another address at the same revision', async () => {
    await putAll(etcd, worldOf(localhost(), etcd.address));
    await writeAll(etcd, 0);
    let number = 0;
    const data = await betweenRanges(
      () => writeAll(etcd, ++number),
      () => opener.open(etcd).read(),
    );
    const cell = cellNamed(data, 'zone1');
    assert.ok(cell.status === 'loaded');
    assert.equal(cell.address, localhost());
    assert.equal(numberOf(data), 1);
    assert.deepEqual(data.notes, []);
  });

  it('reads a cell on another cluster at a revision of that cluster', async () => {
    const world = worldOf(other.address, etcd.address, { '/vitess/zone1/tablets/a/Tablet': bytes('tablet') });
    await putAll(etcd, world);
    await etcd.client.delete().prefix('/vitess/zone1/');
    await putAll(other, under(world, '/vitess/zone1/'));
    const data = await opener.open(etcd).read();
    assert.deepEqual(wholeKeys(data), world);
    const [first] = loadedRecords(data, 'zone1');
    const { kvs } = await other.client.kv.range({ key: Buffer.from('/vitess/zone1/SrvVSchema') });
    assert.equal(first?.modRevision, kvs[0]?.mod_revision);
    assert.ok(Number(first?.modRevision) < Number(data.revision));
  });

  it('reads the cells of one other cluster at one revision', async () => {
    await putAll(etcd, worldOf(other.address, other.address.replace('127.0.0.1', 'localhost')));
    await etcd.client.delete().prefix('/vitess/zone');
    await writeAll(other, 0);
    let number = 0;
    const data = await betweenRanges(
      (_call, address) => (address === etcd.address ? Promise.resolve() : writeAll(other, ++number)),
      () => opener.open(etcd, { pageSize: 1 }).read(),
    );
    const values = [...under(wholeKeys(data), '/vitess/zone').values()].map((value) => String(Buffer.from(value)));
    assert.equal(values.length, 4);
    assert.equal(new Set(values).size, 1, values.join());
  });

  it('reads more than 4 MB in one page', async () => {
    const big = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`/vitess/global/keyspaces/${index}/VSchema`, bytes('x').slice(0, 0)]),
    );
    const value = new Uint8Array(1_400_000).fill(0xa5);
    const world = worldOf(etcd.address, etcd.address, Object.fromEntries(Object.keys(big).map((key) => [key, value])));
    await putAll(etcd, world);
    for (const pageSize of [1000, 1, undefined]) {
      const data = await opener.open(etcd, pageSize === undefined ? {} : { pageSize }).read();
      assert.deepEqual(wholeKeys(data), world);
    }
  });

  it('reads thousands of records in pages that grow', async () => {
    const tablets = Array.from({ length: 3000 }, (_, index) => `/vitess/zone1/tablets/zone1-${index}/Tablet`);
    const world = worldOf(etcd.address, etcd.address, Object.fromEntries(tablets.map((key) => [key, bytes(key)])));
    const put = (key: string): object => ({ request_put: { key: Buffer.from(key), value: Buffer.from(key) } });
    for (let start = 0; start < tablets.length; start += 100) {
      await etcd.client.kv.txn({ success: tablets.slice(start, start + 100).map(put) });
    }
    await putAll(etcd, under(world, '/vitess/global/'));
    await putAll(etcd, new Map([...world].filter(([key]) => key.endsWith('SrvVSchema'))));
    let calls = 0;
    const data = await betweenRanges(
      (call) => Promise.resolve((calls = call)),
      () => opener.open(etcd).read(),
    );
    assert.deepEqual(wholeKeys(data), world);
    assert.ok(calls < 25, `${calls} calls`);
  });

  describe('when etcd compacts the revision away', () => {
    const compact = async (server: EtcdServer): Promise<string> => {
      const { header } = await server.client.put('/elsewhere').value('x').exec();
      await server.client.kv.compact({ revision: header.revision }).catch((error: unknown) => {
        // Ranges run side by side: another one's call may have compacted a later revision already.
        if (!String(error).includes('required revision has been compacted')) throw error;
      });
      return header.revision;
    };

    it('starts over at a newer revision', async () => {
      await putAll(etcd, worldOf(etcd.address, etcd.address));
      await writeAll(etcd, 0);
      let compacted = '';
      const data = await betweenRanges(
        async (call) => {
          if (call !== 12) return;
          await writeAll(etcd, 1);
          compacted = await compact(etcd);
        },
        () => opener.open(etcd, { pageSize: 1 }).read(),
      );
      assert.equal(numberOf(data), 1);
      assert.equal(data.revision, compacted);
    });

    it('starts over also when it notices in a cell', async () => {
      const world = worldOf(etcd.address, etcd.address);
      await putAll(etcd, world);
      let calls = 0;
      const count = await betweenRanges(
        (call) => Promise.resolve((calls = call)),
        () => opener.open(etcd).read(),
      );
      assert.ok(count.cells.length === 2);
      let compacted = '';
      const data = await betweenRanges(
        async (call) => {
          if (call === calls) compacted = await compact(etcd);
        },
        () => opener.open(etcd).read(),
      );
      assert.equal(data.revision, compacted);
      assert.deepEqual(wholeKeys(data), world);
    });

    it('rejects with compacted when that happens again and again', async () => {
      await putAll(etcd, worldOf(etcd.address, etcd.address));
      const reading = betweenRanges(
        () => compact(etcd),
        () => opener.open(etcd).read(),
      );
      await assert.rejects(reading, topologyError('compacted', '--auto-compaction-retention'));
    });

    it('reads a cell of another cluster anew, and that cell alone', async () => {
      await putAll(etcd, worldOf(etcd.address, other.address));
      await etcd.client.delete().prefix('/vitess/zone2/');
      await putAll(other, under(worldOf('', ''), '/vitess/zone2/'));
      const seen: string[] = [];
      let done = false;
      const data = await betweenRanges(
        async (_call, address) => {
          seen.push(address);
          if (done || seen.filter((name) => name === other.address).length < 2) return;
          done = true;
          await compact(other);
        },
        () => opener.open(etcd).read(),
      );
      assert.ok(done);
      assert.equal(loadedRecords(data, 'zone2').length, 1);
      const { revision } = (await etcd.client.kv.range({ key: Buffer.from('x') })).header;
      assert.equal(data.revision, revision);
    });

    it('gives a cell of another cluster as failed when that happens again and again', async () => {
      await putAll(etcd, worldOf(etcd.address, other.address));
      const data = await betweenRanges(
        (_call, address) => (address === other.address ? compact(other) : Promise.resolve()),
        () => opener.open(etcd).read(),
      );
      const cell = cellNamed(data, 'zone2');
      assert.ok(cell.status === 'failed');
      assert.equal(cell.failure.code, 'compacted');
      assert.equal(loadedRecords(data, 'zone1').length, 1);
    });
  });
});
