import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { cellRecord, globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { TabletAliasSchema, TabletSchema, TabletType, type Tablet } from '../../src/records/gen/topodata_pb.js';
import { TimeSchema } from '../../src/records/gen/vttime_pb.js';
import type { ShardTablets } from '../../src/repair/ports.ts';
import { shardTablets } from '../../src/repair/shardTablets.ts';
import { loadCapture } from '../support/captures.ts';
import { withBytes, withFailedCell, withMessage, withoutRecord, withShard } from '../support/edit.ts';

const switched = loadCapture('04-all-switched');
const primary = 'zone1-0000000100';
const replica = 'zone1-0000000101';

function commerce(data: TopologyData): ShardTablets {
  const [tablets] = shardTablets(decodeSnapshot(data), [{ keyspace: 'commerce', shard: '0' }]);
  assert.ok(tablets);
  return tablets;
}

function withTablet(data: TopologyData, alias: string, change: (tablet: Tablet) => void): TopologyData {
  return withMessage(data, cellRecord.tablet('zone1', alias), TabletSchema, change);
}

/** commerce/0 with a second tablet. */
function withSecond(change: (tablet: Tablet) => void): TopologyData {
  return withTablet(switched, replica, (tablet) => {
    tablet.alias = create(TabletAliasSchema, { cell: 'zone1', uid: 101 });
    tablet.keyspace = 'commerce';
    tablet.shard = '0';
    tablet.type = TabletType.REPLICA;
    change(tablet);
  });
}

/** The primaries' aliases where the second tablet says PRIMARY, since so much after the term in the Shard record. */
function primariesAfter(seconds: bigint, nanoseconds = 0): string[] {
  const data = withSecond((tablet) => {
    tablet.type = TabletType.PRIMARY;
    tablet.primaryTermStartTime = create(TimeSchema, { seconds: 1000n + seconds, nanoseconds: 5 + nanoseconds });
  });
  const termed = withShard(data, 'commerce', '0', (shard) => {
    shard.primaryTermStartTime = create(TimeSchema, { seconds: 1000n, nanoseconds: 5 });
  });
  return commerce(termed).tablets.flatMap(({ alias, isPrimary }) => (isPrimary ? [alias] : []));
}

describe('shardTablets', () => {
  it('gives each asked shard’s tablets as their records describe them, in the order asked', () => {
    const shards = [
      { keyspace: 'customer', shard: '80-' },
      { keyspace: 'commerce', shard: '0' },
    ];
    const [high, low] = shardTablets(decodeSnapshot(switched), shards);
    assert.deepEqual(low, {
      keyspace: 'commerce',
      shard: '0',
      primaryAlias: primary,
      tablets: [
        { alias: primary, cell: 'zone1', hostname: '127.0.0.1', grpcPort: 16100, type: 'PRIMARY', isPrimary: true },
      ],
      unread: [],
    });
    assert.deepEqual(
      high?.tablets.map(({ alias }) => alias),
      ['zone1-0000000300'],
    );
  });

  it('tells a replica from the primary', () => {
    const tablets = commerce(withSecond(() => undefined)).tablets.map(({ alias, type, isPrimary }) => [
      alias,
      type,
      isPrimary,
    ]);
    assert.deepEqual(tablets, [
      [primary, 'PRIMARY', true],
      [replica, 'REPLICA', false],
    ]);
  });

  it('gives no port for a record that names none', () => {
    const data = withTablet(switched, primary, (tablet) => {
      delete tablet.portMap['grpc'];
    });
    assert.equal(commerce(data).tablets[0]?.grpcPort, undefined);
  });

  it('counts a tablet that became primary after the Shard record’s as a primary too', () => {
    assert.deepEqual(primariesAfter(1n), [primary, replica]);
    assert.deepEqual(primariesAfter(0n, 1), [primary, replica]);
  });

  it('does not count a replaced primary whose record still says PRIMARY', () => {
    assert.deepEqual(primariesAfter(-1n, 900), [primary]);
    assert.deepEqual(primariesAfter(0n), [primary]);
  });

  it('names a primary that has no Tablet record', () => {
    const { primaryAlias, tablets } = commerce(withoutRecord(switched, cellRecord.tablet('zone1', primary)));
    assert.deepEqual({ primaryAlias, tablets }, { primaryAlias: primary, tablets: [] });
  });

  it('names no primary where the Shard record names none', () => {
    const data = withShard(switched, 'commerce', '0', (shard) => {
      delete shard.primaryAlias;
    });
    const { primaryAlias, tablets } = commerce(data);
    assert.equal(primaryAlias, undefined);
    assert.equal(tablets[0]?.isPrimary, false);
  });

  it('says of an unread cell why, and keeps the primary’s name', () => {
    const { primaryAlias, unread } = commerce(withFailedCell(switched, 'zone1'));
    assert.equal(primaryAlias, primary);
    assert.deepEqual(unread, ['zone1: zone1 did not answer.']);
  });

  it('says of a Tablet record that does not decode why', () => {
    const { unread } = commerce(withBytes(switched, cellRecord.tablet('zone1', primary), Uint8Array.of(0xff)));
    assert.match(unread.join(), /^zone1\/tablets\/zone1-0000000100\/Tablet: ./);
  });

  it('says of a Shard record that is gone or does not decode that it was not read', () => {
    const record = globalRecord.shard('commerce', '0');
    assert.deepEqual(commerce(withoutRecord(switched, record)).unread, [
      'keyspaces/commerce/shards/0/Shard: there is no such record',
    ]);
    const junk = commerce(withBytes(switched, record, Uint8Array.of(0xff)));
    assert.match(junk.unread.join(), /^keyspaces\/commerce\/shards\/0\/Shard: ./);
    assert.equal(junk.tablets[0]?.isPrimary, false);
  });
});
