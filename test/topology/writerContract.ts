import assert from 'node:assert/strict';
import type { RecordId } from '../../src/model/record.ts';
import { isWritable } from '../../src/topology/topologyWriter.ts';
import type { WriteTransaction } from '../../src/topology/topologyWriter.ts';
import { bytes, topologyError } from './contract.ts';
import { foreignLock, GLOBAL, KEYSPACE, lockOptions, rules, shard, within, WriterBench } from './writerBench.ts';
import type { OpenWriterWorld } from './writerBench.ts';

/** What holds for the transactions of every writer alike; `open` makes a world of these keys. */
export function writerContract(name: string, open: OpenWriterWorld): void {
  describe(`${name} as a WritableTopology`, function () {
    this.timeout(20_000);
    const bench = new WriterBench(open);

    it('says that it can be written', () => {
      assert.ok(isWritable(bench.world.topology));
    });

    describe('commit', () => {
      it('writes, creates and deletes records at one revision', async () => {
        const writer = await bench.openWriter();
        const created: RecordId = { path: `${KEYSPACE}/VSchema` };
        const result = await bench.commit(writer, [
          { record: shard('-80'), value: bytes('new left'), modRevision: await bench.revisionOf(shard('-80')) },
          { record: created, value: bytes(''), modRevision: '0' },
          { record: rules, value: undefined, modRevision: await bench.revisionOf(rules) },
        ]);
        assert.ok(result.status === 'committed');
        assert.equal(await bench.textOf(shard('-80')), 'new left');
        assert.equal(await bench.textOf(created), '');
        assert.equal(await bench.textOf(rules), undefined);
        assert.equal(await bench.revisionOf(shard('-80')), result.revision);
        assert.equal(await bench.revisionOf(created), result.revision);
        assert.equal(await bench.textOf(shard('80-')), 'right');
      });

      it('writes records of a cell, and of a cell on the same cluster with global ones', async () => {
        const writer = await bench.openWriter();
        const record: RecordId = { cell: 'zone1', path: 'SrvVSchema' };
        const zone1 = await bench.world.get('/vitess/zone1/SrvVSchema');
        assert.equal(writer.clusterOf(record), writer.clusterOf(rules));
        const result = await bench.commit(writer, [
          { record, value: bytes('one more'), modRevision: zone1?.modRevision ?? '' },
          { record: rules, value: bytes('other rules'), modRevision: await bench.revisionOf(rules) },
        ]);
        assert.equal(result.status, 'committed');
        assert.equal(
          Buffer.from((await bench.world.get('/vitess/zone1/SrvVSchema'))?.value ?? []).toString(),
          'one more',
        );
      });

      const conflict = async (
        writes: WriteTransaction['writes'],
        guards: WriteTransaction['guards'],
        changed: readonly string[],
      ): Promise<void> => {
        const writer = await bench.openWriter();
        const before = await bench.world.keysUnder('');
        assert.deepEqual(await bench.commit(writer, writes, guards), { status: 'conflict', changed, lostLocks: [] });
        assert.deepEqual(await bench.world.keysUnder(''), before);
        assert.equal(await bench.textOf(shard('-80')), 'left');
      };
      it('writes nothing when a record that it writes was written since', async () => {
        const modRevision = await bench.revisionOf(rules);
        await bench.world.put(GLOBAL + rules.path, bytes('rules'));
        await conflict([await bench.left(), { record: rules, value: bytes('x'), modRevision }], [], ['RoutingRules']);
      });

      it('writes nothing when a record that it writes was deleted since', async () => {
        const modRevision = await bench.revisionOf(rules);
        await bench.world.remove(GLOBAL + rules.path);
        await conflict([await bench.left(), { record: rules, value: bytes('x'), modRevision }], [], ['RoutingRules']);
      });

      it('writes nothing when a record that must be absent is there', async () => {
        const record = shard('80-');
        await conflict([await bench.left(), { record, value: bytes('x'), modRevision: '0' }], [], [record.path]);
      });

      it('writes nothing when a guarded record was written or created since', async () => {
        const guards = [
          { kind: 'record', record: rules, modRevision: await bench.revisionOf(rules) },
          { kind: 'record', record: shard('0'), modRevision: '0' },
          { kind: 'record', record: shard('80-'), modRevision: await bench.revisionOf(shard('80-')) },
        ] as const;
        await bench.world.put(GLOBAL + rules.path, bytes('other'));
        await bench.world.put(GLOBAL + shard('0').path, bytes('new shard'));
        await conflict([await bench.left()], guards, ['RoutingRules', shard('0').path]);
      });

      it('writes nothing when a guarded record of a cell was written since', async () => {
        const record: RecordId = { cell: 'zone2', path: 'SrvVSchema' };
        const modRevision = (await bench.world.get('/vitess/zone2/SrvVSchema'))?.modRevision ?? '';
        await bench.world.put('/vitess/zone2/SrvVSchema', bytes('other'));
        await conflict([await bench.left()], [{ kind: 'record', record, modRevision }], ['zone2/SrvVSchema']);
      });

      it('writes nothing when a key of a guarded prefix was written since', async () => {
        const prefix = `${KEYSPACE}/shards/`;
        const notAfter = await bench.revision();
        await bench.world.put(GLOBAL + shard('0').path, bytes('new shard'));
        await conflict([await bench.left()], [{ kind: 'prefix', prefix, notAfter }], [prefix]);
      });

      it('writes when nothing under a guarded prefix was written since, be it empty', async () => {
        const notAfter = await bench.revision();
        await bench.world.put(GLOBAL + rules.path, bytes('other'));
        const guards = [`${KEYSPACE}/shards/`, 'keyspaces/none/shards/'].map(
          (prefix) => ({ kind: 'prefix', prefix, notAfter }) as const,
        );
        assert.equal((await bench.commit(await bench.openWriter(), [await bench.left()], guards)).status, 'committed');
      });

      it('sees a write at the very revision after the guarded one, and none at it', async () => {
        const writer = await bench.openWriter();
        await bench.world.put(GLOBAL + shard('0').path, bytes('new shard'));
        const written = await bench.revisionOf(shard('0'));
        const prefix = `${KEYSPACE}/shards/`;
        const before = { kind: 'prefix', prefix, notAfter: (BigInt(written) - 1n).toString() } as const;
        assert.equal((await bench.commit(writer, [await bench.left()], [before])).status, 'conflict');
        const at = { kind: 'prefix', prefix, notAfter: written } as const;
        assert.equal((await bench.commit(writer, [await bench.left()], [at])).status, 'committed');
      });

      it('writes nothing when one of its locks is gone, and says that the lease is lost', async () => {
        const writer = await bench.openWriter();
        const { record } = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await writer.lock('keyspaces/other', { action: 'Repair' }, lockOptions());
        await bench.world.remove(GLOBAL + record.path);
        const result = await bench.commit(writer, [await bench.left()]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
        assert.ok(writer.lost.aborted);
        assert.equal(await bench.textOf(shard('-80')), 'left');
      });

      it('writes nothing when a lock’s key was taken away and written anew by another', async () => {
        const writer = await bench.openWriter();
        const { record } = await writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions());
        await bench.world.remove(GLOBAL + record.path);
        const lease = await bench.world.grantLease();
        await bench.world.put(GLOBAL + record.path, foreignLock('SwitchWrites'), lease);
        const result = await bench.commit(writer, [await bench.left()]);
        assert.deepEqual(result, { status: 'conflict', changed: [], lostLocks: [KEYSPACE] });
      });

      it('lets only one of two writers change a record', async () => {
        const writers = await Promise.all([bench.openWriter(), bench.openWriter()]);
        const write = await bench.left();
        const results = await Promise.all(
          writers.map((writer, index) => bench.commit(writer, [{ ...write, value: bytes(`by ${index}`) }])),
        );
        assert.deepEqual(results.map(({ status }) => status).sort(), ['committed', 'conflict']);
      });

      it('rejects with not-found for a record of a cell that was not read', async () => {
        const writer = await bench.openWriter();
        const record: RecordId = { cell: 'zone9', path: 'SrvVSchema' };
        const says = topologyError('not-found', 'zone9/SrvVSchema', 'Read again');
        await assert.rejects(bench.commit(writer, [{ record, value: bytes('x'), modRevision: '0' }]), says);
        assert.throws(() => writer.clusterOf(record), says);
      });

      it('rejects with cancelled, and writes nothing, when the signal is aborted before', async () => {
        const writer = await bench.openWriter();
        const options = { signal: AbortSignal.abort() };
        await assert.rejects(
          writer.commit({ writes: [await bench.left()], guards: [] }, options),
          topologyError('cancelled'),
        );
        assert.equal(await bench.textOf(shard('-80')), 'left');
      });

      it('rejects with cancelled after the writer was closed', async () => {
        const writer = await bench.openWriter();
        await writer.close(within());
        await assert.rejects(bench.commit(writer, [await bench.left()]), topologyError('cancelled', 'over'));
        await assert.rejects(writer.lock(KEYSPACE, { action: 'Repair' }, lockOptions()), topologyError('cancelled'));
      });
    });
  });
}
