import assert from 'node:assert/strict';
import { bytes, cellInfo } from './contract.ts';
import { Follower } from './watchBench.ts';
import { foreignLock, GLOBAL, WHO, within, writerKeys } from './writerBench.ts';
import type { OpenWriterWorld, WriterWorld } from './writerBench.ts';

/** What holds for every topology that can be followed. */
export function watchContract(name: string, open: OpenWriterWorld): void {
  describe(`${name} as it is followed`, function () {
    this.timeout(20_000);
    let world: WriterWorld;
    let followed: Follower | undefined;
    const follow = async (): Promise<Follower> => (followed = await Follower.from(world.topology));
    beforeEach(async () => {
      world = await open(writerKeys());
    });
    afterEach(async () => {
      await followed?.end().catch(() => undefined);
      await world.close();
    });

    it('tells every write in the order in which it was made, with the revision', async () => {
      const follower = await follow();
      for (const text of ['one', 'two', 'three']) await world.put(`${GLOBAL}RoutingRules`, bytes(text));
      await world.put('/vitess/zone2/SrvVSchema', bytes('four'));
      await world.remove(`${GLOBAL}RoutingRules`);
      await follower.until(({ written }) => written.length === 5);
      assert.deepEqual(follower.written, [
        ...Array<string>(3).fill('RoutingRules'),
        'zone2/SrvVSchema',
        '-RoutingRules',
      ]);
      const texts = follower.updates.flatMap(({ changes }) => changes.map(({ now }) => now && text(now.value)));
      assert.deepEqual(texts, ['one', 'two', 'three', 'four', undefined]);
      const revisions = follower.updates.map(({ revision }) => Number(revision));
      assert.deepEqual(
        revisions,
        [...revisions].sort((a, b) => a - b),
      );
      assert.equal(follower.updates[0]?.revision, follower.updates[0]?.changes[0]?.now?.modRevision);
    });

    it('gives after every write what a reader reads', async () => {
      const follower = await follow();
      await world.put(`${GLOBAL}keyspaces/another/Keyspace`, bytes('x'));
      await world.put(`${GLOBAL}keyspaces/another/shards/-80/Shard`, bytes('x'));
      await world.put(`${GLOBAL}keyspaces/ks/Keyspace`, bytes('changed'));
      await world.remove(`${GLOBAL}keyspaces/another/Keyspace`);
      await world.put('/vitess/zone1/keyspaces/another/SrvKeyspace', bytes('x'));
      await world.remove('/vitess/zone2/SrvVSchema');
      await follower.until(({ written }) => written.length === 6);
      await follower.untilEqual(world.topology);
    });

    it('leaves all that was not written the same objects', async () => {
      const follower = await follow();
      await world.put('/vitess/zone1/SrvVSchema', bytes('new'));
      await follower.until(({ written }) => written.length === 1);
      assert.equal(follower.data.global, follower.start.global);
      assert.equal(follower.data.cells[1], follower.start.cells[1]);
      await world.put(`${GLOBAL}RoutingRules`, bytes('new'));
      await follower.until(({ written }) => written.length === 2);
      const before = new Set(follower.start.global);
      assert.deepEqual(
        follower.data.global.filter((record) => !before.has(record)).map(({ path }) => path),
        ['RoutingRules'],
      );
    });

    it('keeps what others added to the data', async () => {
      const from = { ...(await world.topology.read()), more: 'of another' };
      followed = new Follower(world.topology, from);
      await world.put(`${GLOBAL}RoutingRules`, bytes('new'));
      await followed.until(({ written }) => written.length === 1);
      assert.equal((followed.data as typeof from).more, 'of another');
    });

    it('tells what was written since the reading that it starts from', async () => {
      const from = await world.topology.read();
      await world.put(`${GLOBAL}RoutingRules`, bytes('meanwhile'));
      followed = new Follower(world.topology, from);
      await followed.until(({ written }) => written.join() === 'RoutingRules');
      await followed.untilEqual(world.topology);
    });

    it('tells what one transaction wrote as one update', async () => {
      const follower = await follow();
      const writer = await world.topology.openWriter(WHO, within());
      const writes = [
        {
          record: { path: 'RoutingRules' },
          value: bytes('both'),
          modRevision: follower.start.global[0]?.modRevision ?? '',
        },
        {
          record: { cell: 'zone1', path: 'SrvVSchema' },
          value: bytes('both'),
          modRevision: modRevisionOf(follower, 'zone1'),
        },
      ];
      const result = await writer.commit({ writes, guards: [] }, within());
      assert.equal(result.status, 'committed');
      await follower.until(({ written }) => written.length > 0);
      assert.deepEqual(follower.written[0]?.split(' ').sort(), ['RoutingRules', 'zone1/SrvVSchema']);
      await writer.close(within());
    });

    it('tells a lock with its lease, and its end', async () => {
      const follower = await follow();
      const lease = await world.grantLease();
      const path = `keyspaces/ks/locks/${lease}`;
      await world.put(`${GLOBAL}${path}`, foreignLock('SwitchTraffic'), lease);
      await follower.until(({ written }) => written.length === 1);
      const lock = follower.data.global.find((record) => record.path === path);
      assert.ok(lock?.lease?.kind === 'held');
      assert.deepEqual([lock.lease.id, lock.lease.grantedTtlSeconds], [lease, 60]);
      await world.revokeLease(lease);
      await follower.until(({ written }) => written.at(-1) === `-${path}`);
      await follower.untilEqual(world.topology);
    });

    it('does not speak of keys that are no record of this topology', async () => {
      const follower = await follow();
      await world.put('/vitess/globals/RoutingRules', bytes('x'));
      await world.put('/another/key', bytes('x'));
      await world.put(`${GLOBAL}election/1`, bytes('x'));
      await world.put(`${GLOBAL}RoutingRules`, bytes('last'));
      await follower.until(({ written }) => written.includes('RoutingRules'));
      assert.deepEqual(follower.written, ['RoutingRules']);
    });

    it('reads everything when a cell comes or goes', async () => {
      const follower = await follow();
      await world.put('/vitess/zone3/SrvVSchema', bytes('three'));
      await world.put(`${GLOBAL}cells/zone3/CellInfo`, cellInfo('127.0.0.1:2379', '/vitess/zone3'));
      await follower.until(({ data }) => data.cells.length === 3, 'zone3');
      await world.remove(`${GLOBAL}cells/zone1/CellInfo`);
      await follower.until(({ data }) => data.cells.length === 2, 'the end of zone1');
      assert.deepEqual(
        follower.data.cells.map(({ cell }) => cell),
        ['zone2', 'zone3'],
      );
      await world.put('/vitess/zone1/SrvVSchema', bytes('of no cell'));
      await world.put('/vitess/zone3/SrvVSchema', bytes('changed'));
      await follower.until(({ written }) => written.at(-1) === 'zone3/SrvVSchema');
    });

    it('ends when it is told to, and tells nothing any more', async () => {
      const follower = await follow();
      await follower.end();
      // The leases may have been read once while it was followed.
      const told = follower.updates.length;
      await world.put(`${GLOBAL}RoutingRules`, bytes('unseen'));
      await world.topology.read();
      assert.equal(follower.updates.length, told);
    });

    it('ends with the topology', async () => {
      const follower = await follow();
      await world.topology.close();
      await follower.ended;
    });

    it('rejects with what its listener throws', async () => {
      const from = await world.topology.read();
      const throwing = world.topology.watch?.(
        from,
        () => {
          throw new RangeError('of the listener');
        },
        within(),
      );
      const rejected = assert.rejects(throwing ?? Promise.resolve(), RangeError);
      await world.put(`${GLOBAL}RoutingRules`, bytes('x'));
      await rejected;
    });
  });
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString();
}

function modRevisionOf({ start }: Follower, cell: string): string {
  const found = start.cells.find((one) => one.cell === cell);
  return (found?.status === 'loaded' ? found.records[0]?.modRevision : undefined) ?? assert.fail(cell);
}
