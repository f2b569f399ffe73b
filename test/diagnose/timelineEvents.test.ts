import assert from 'node:assert/strict';
import path from 'node:path';
import { timelineEvents } from '../../src/diagnose/timelineEvents.ts';
import { globalRecord, recordName, type RecordId } from '../../src/model/record.ts';
import type { TimelineEvent } from '../../src/model/timelineEvent.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { assertGolden } from '../harness/golden.ts';
import { eventFiles, loadCapture, readEvents } from '../support/captures.ts';
import { bytesOf, rebuilt, withBytes, withKeyspaceRules, withShard } from '../support/edit.ts';
import { partialTopology, standardTopology, tenantTopology } from '../support/moves.ts';

const golden = path.join(import.meta.dirname, 'golden');

function eventOf(before: TopologyData, after: TopologyData, record: RecordId): TimelineEvent | undefined {
  const value = bytesOf(after, record);
  const now = value === undefined ? undefined : { path: record.path, value };
  const step = {
    changes: [{ record, now }],
    before: decodeSnapshot(before),
    after: decodeSnapshot(after),
    at: 7,
    revision: '12',
  };
  const [event, ...more] = timelineEvents(step);
  assert.equal(more.length, 0);
  return event;
}

describe('timelineEvents', () => {
  let data = loadCapture('04-all-switched');
  for (const name of eventFiles) {
    it(`tells ${name} as golden/${name}.timeline.txt does`, () => {
      const lines = readEvents(name).map(({ record, value, revision }) => {
        const before = data;
        data = withBytes(data, record, value);
        const event = eventOf(before, data, record);
        return `${revision} ${event?.kind} ${event?.record} | ${event?.text} | ${event?.keyspaces.join(',')} | ${event?.tables.join(',')}`;
      });
      assertGolden(path.join(golden, `${name}.timeline.txt`), lines.join('\n'));
    });
  }

  it('tells shard by shard what the rules of a partial move turn to', () => {
    const before = partialTopology({ '-80': 'source', '80-': 'source' });
    const after = partialTopology({ '-80': 'target', '80-': 'source' });
    const event = eventOf(before, after, globalRecord.shardRoutingRules);
    assert.equal(
      event?.text,
      'ShardRoutingRules: shard commerce/-80 is served by customer; shard customer/-80 has no rule any more',
    );
    assert.deepEqual(event.keyspaces, ['commerce', 'customer']);
  });

  it('tells what the keyspace rules of a multi-tenant move turn to', () => {
    const event = eventOf(tenantTopology({ writes: 'source' }), tenantTopology(), globalRecord.keyspaceRoutingRules);
    assert.match(event?.text ?? '', /keyspace commerce is served by customer/);
    const same = withKeyspaceRules(tenantTopology(), () => undefined);
    assert.equal(
      eventOf(same, same, globalRecord.keyspaceRoutingRules)?.text,
      'KeyspaceRoutingRules was written, its rules as before',
    );
  });

  it('tells of a new primary, and of a shard that serves no longer', () => {
    const before = loadCapture('04-all-switched');
    const record = globalRecord.shard('commerce', '0');
    const after = withShard(before, 'commerce', '0', (shard) => {
      shard.isPrimaryServing = false;
      if (shard.primaryAlias) shard.primaryAlias.uid = 999;
    });
    assert.equal(
      eventOf(before, after, record)?.text,
      'commerce/0 has zone1-0000000999 for its primary, serves no longer',
    );
  });

  it('says of a record that cannot be read that it cannot, and when it can again', () => {
    const healthy = rebuilt(standardTopology());
    for (const record of [
      globalRecord.routingRules,
      globalRecord.shard('commerce', '0'),
      { cell: 'zone1', path: 'SrvVSchema' },
    ]) {
      const broken = withBytes(healthy, record, new Uint8Array([0xff]));
      assert.match(eventOf(healthy, broken, record)?.text ?? '', /cannot be read/, recordName(record));
      const again = eventOf(broken, healthy, record)?.text ?? '';
      assert.doesNotMatch(again, /cannot be read/);
    }
  });

  it('tells of every other record that it was written or deleted', () => {
    const before = loadCapture('04-all-switched');
    const records = [
      ...before.global.map(({ path: key }): RecordId => ({ path: key })),
      ...before.cells.flatMap((cell) =>
        cell.status === 'loaded' ? cell.records.map(({ path: key }): RecordId => ({ cell: cell.cell, path: key })) : [],
      ),
    ];
    for (const record of records) {
      const event = eventOf(before, withBytes(before, record, undefined), record);
      assert.match(event?.text ?? '', /deleted|gone/, recordName(record));
      assert.equal(event?.record, recordName(record));
      assert.equal(event.revision, '12');
    }
  });
});
