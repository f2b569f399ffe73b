import assert from 'node:assert/strict';
import { cellRecord, globalRecord, recordName, type RecordId } from '../../src/model/record.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { captureNames, loadCapture } from '../support/captures.ts';
import { withBytes, withDump, withFailedCell, withLock, withoutRecord } from '../support/edit.ts';

const switched = loadCapture('04-all-switched');
const junk = Uint8Array.of(0xff, 0xff);

describe('decodeSnapshot', () => {
  for (const name of captureNames) {
    it(`reads every record of ${name}`, () => {
      const snapshot = decodeSnapshot(loadCapture(name));
      assert.deepEqual(snapshot.unreadable, []);
      assert.deepEqual([...snapshot.keyspaces.keys()], ['commerce', 'customer']);
      assert.deepEqual(
        snapshot.keyspaces.get('customer')?.shards.map((shard) => shard.name),
        ['-80', '80-'],
      );
      assert.equal(snapshot.routingRules.status, name === '00-before' ? 'absent' : 'loaded');
      for (const cell of snapshot.cells) assert.equal(cell.srvVSchema.status, 'loaded');
    });
  }

  const records: readonly RecordId[] = [
    globalRecord.routingRules,
    globalRecord.shardRoutingRules,
    globalRecord.keyspaceRoutingRules,
    globalRecord.mirrorRules,
    globalRecord.keyspace('customer'),
    globalRecord.vschema('customer'),
    globalRecord.shard('customer', '-80'),
    globalRecord.cellInfo('zone1'),
    cellRecord.srvVSchema('zone1'),
    cellRecord.srvKeyspace('zone1', 'customer'),
    cellRecord.tablet('zone1', 'zone1-0000000100'),
    { cell: 'zone1', path: 'keyspaces/customer/shards/-80/ShardReplication' },
  ];
  for (const record of records) {
    it(`lists ${recordName(record)} as unreadable when its bytes are junk, once`, () => {
      const { unreadable } = decodeSnapshot(withBytes(switched, record, junk));
      assert.deepEqual(
        unreadable.map((entry) => entry.record),
        [record],
      );
    });
  }

  it('tells failed from absent', () => {
    const failed = decodeSnapshot(withBytes(switched, globalRecord.routingRules, junk));
    assert.equal(failed.routingRules.status, 'failed');
    const absent = decodeSnapshot(withoutRecord(switched, globalRecord.routingRules));
    assert.equal(absent.routingRules.status, 'absent');
    assert.deepEqual(absent.unreadable, []);
  });

  it('keeps a keyspace of which one record is left', () => {
    const left = decodeSnapshot(withBytes(switched, globalRecord.shard('lost', '0'), junk));
    assert.deepEqual(left.keyspaces.get('lost')?.keyspace, { status: 'absent' });
    assert.equal(left.keyspaces.get('lost')?.shards[0]?.shard.status, 'failed');
  });

  it('fails everything of a cell that could not be reached', () => {
    const [zone1] = decodeSnapshot(withFailedCell(switched, 'zone1')).cells;
    assert.equal(zone1?.failure?.code, 'unreachable');
    assert.equal(zone1.srvVSchema.status, 'failed');
  });

  it('fails a cell that has a CellInfo and that nobody read', () => {
    const { cells } = decodeSnapshot({ ...switched, cells: [] });
    assert.deepEqual(
      cells.map(({ name, failure }) => [name, failure?.code]),
      [['zone1', 'not-found']],
    );
  });

  it('lists a record under a key where Vitess would not find it', () => {
    const bytes = new Uint8Array();
    const paths = ['keyspaces//Keyspace', 'keyspaces/a/b/VSchema'];
    const misplaced = paths.reduce((data, path) => withBytes(data, { path }, bytes), switched);
    const { unreadable, keyspaces } = decodeSnapshot(
      withBytes(misplaced, { cell: 'zone1', path: 'tablets//Tablet' }, bytes),
    );
    assert.deepEqual(
      unreadable.map(({ record }) => recordName(record)),
      [...paths, 'zone1/tablets//Tablet'],
    );
    assert.ok(!keyspaces.has(''));
  });

  it('keeps keyspaces, shards and cells with names that are special in JavaScript', () => {
    const shard = (name: string): RecordId => globalRecord.shard(name, '0');
    const serving = Uint8Array.of(0x38, 1);
    const names = ['__proto__', 'constructor', 'a.b', 'a@replica', 'ключ', 'k'.repeat(10_000)];
    const data = names.reduce((edited, name) => withBytes(edited, shard(name), serving), switched);
    const { keyspaces, unreadable } = decodeSnapshot(data);
    assert.deepEqual(unreadable, []);
    for (const name of names) assert.equal(keyspaces.get(name)?.shards[0]?.shard.status, 'loaded', name.slice(0, 20));
    assert.equal(({} as Record<string, unknown>)['shards'], undefined);
  });

  it('reads locks of keyspaces, shards and workflows with their holders', () => {
    const { locks } = decodeSnapshot(loadCapture('12-reverse-vtctld-killed'));
    assert.deepEqual(
      locks.map(({ lockedPath, lease }) => [lockedPath, lease.kind]),
      [
        ['internal/named_locks/commerce/commerce2customer_reverse', 'unknown'],
        ['keyspaces/commerce', 'unknown'],
        ['keyspaces/customer', 'unknown'],
      ],
    );
    const [named] = locks;
    assert.ok(named?.contents.status === 'loaded');
    assert.equal(named.contents.value.action, 'WorkflowSwitchTraffic');
  });

  it('lists a lock that holds no JSON and keeps it as a lock', () => {
    const { locks, unreadable } = decodeSnapshot(withLock(switched, 'keyspaces/customer', { contents: junk }));
    assert.equal(locks.length, 1);
    assert.deepEqual(
      unreadable.map(({ record }) => record.path),
      ['keyspaces/customer/locks/123'],
    );
  });

  it('notes a dump that is not JSON', () => {
    const { notes } = decodeSnapshot(withDump(switched, 'WorkflowShow-customer.json', '{"workflows": ['));
    assert.match(notes.join(), /WorkflowShow-customer.json/);
  });
});
