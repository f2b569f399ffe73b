import assert from 'node:assert/strict';
import { liveText, staleWords } from '../../src/host/liveText.ts';
import { shownTopology } from '../../src/host/session.ts';
import type { RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import { recordFromJson } from '../../src/records/recordJson.ts';
import { loadCapture } from '../support/captures.ts';
import { withBytes } from '../support/edit.ts';
import { sessionIn, sessionOf } from './live.ts';

const shard: RecordId = { path: 'keyspaces/customer/shards/-80/Shard' };
const lock: RecordId = { path: 'keyspaces/customer/locks/7668682433167134114' };
const outage = loadCapture('12-reverse-vtctld-killed');

function textOf(data: TopologyData, record: RecordId): string {
  return liveText(sessionOf(data), 'production', record).text;
}

function linesOf(data: TopologyData, record: RecordId): string[] {
  return textOf(data, record).split('\n');
}

describe('liveText', () => {
  it('shows a record as vtctldclient prints it under a header that says where and when it was read', () => {
    const { text, json } = liveText(sessionOf({ ...outage, revision: '1234' }), 'production', shard);
    assert.deepEqual(text.split('\n').slice(0, 3), [
      '// keyspaces/customer/shards/-80/Shard',
      '// connection production · revision 1234 · read 2026-11-24T04:00:00Z',
      '{',
    ]);
    assert.deepEqual(json.problems, []);
    const reading = recordFromJson(recordSchemas.Shard, json.value);
    assert.deepEqual(reading.status === 'loaded' && reading.value.tabletControls[0]?.deniedTables, [
      'corder',
      'customer',
    ]);
    assert.match(text, /"tablet_type": "PRIMARY"/);
  });

  it('finds the places of findings in the text', () => {
    const { text, json } = liveText(sessionOf(outage), 'production', shard);
    const { offset, length } = json.anchorAt(['tablet_controls', 0, 'denied_tables', 1]);
    assert.equal(text.slice(offset, offset + length), '"customer"');
  });

  it('says when a record was last written, where that is known', () => {
    const global = outage.global.map((record) => ({ ...record, modRevision: '77' }));
    assert.ok(linesOf({ ...outage, global }, shard).includes('// last written at revision 77'));
  });

  it('names the fields that are kept without being understood, whatever they are in', () => {
    const value = Uint8Array.from([0x12, 3, 0x12, 1, 0x80, 0x38, 1, 0x32, 4, 0x08, 1, 0x78, 1, 0x78, 7]);
    const header = linesOf(withBytes(outage, shard, value), shard)[2];
    assert.equal(
      header,
      '// fields that this version does not know and keeps: topodata.Shard.TabletControl: 15; topodata.Shard: 15',
    );
  });

  it('shows why a record could not be read, and its bytes', () => {
    const lines = linesOf(withBytes(outage, shard, Uint8Array.from([0x0a, 0xff, 0x41, 0x42])), shard);
    assert.match(lines[2] ?? '', /^\/\/ COULD NOT BE READ: its 4 bytes do not decode as topodata\.Shard: /);
    assert.deepEqual(lines.slice(3), [
      '// its 4 bytes:',
      '// 00000000  0a ff 41 42                                      |..AB|',
      '',
    ]);
  });

  it('shows what a record that decodes holds although it cannot be the record of its key', () => {
    const other = outage.global.find(({ path }) => path === 'keyspaces/customer/shards/80-/Shard')?.value;
    const text = textOf(withBytes(outage, shard, other), shard);
    assert.match(text, /^\/\/ COULD NOT BE READ: its key_range is 80-, not -80$/m);
    assert.match(text, /"denied_tables": \[/);
  });

  const absent: readonly [RecordId, RegExp][] = [
    [{ path: 'RoutingRules' }, /ABSENT: there are no routing rules\./],
    [{ path: 'ShardRoutingRules' }, /ABSENT: there are no shard routing rules\./],
    [{ path: 'keyspaces/customer/VSchema' }, /ABSENT: the keyspace has no VSchema, which means an unsharded one/],
    [{ path: 'keyspaces/customer/locks/1' }, /ABSENT: the lock was released\./],
    [{ cell: 'zone1', path: 'SrvVSchema' }, /ABSENT: the topology has no such record\./],
    [{ cell: 'zone9', path: 'SrvVSchema' }, /NOT READ: the topology has no cell zone9/],
  ];
  for (const [record, words] of absent) {
    it(`says what it means that ${record.cell ?? 'global'} has no ${record.path}`, () => {
      assert.match(textOf(record.cell === 'zone9' ? outage : withBytes(outage, record, undefined), record), words);
    });
  }

  it('says that a cell could not be read instead of that its record is absent', () => {
    const failure = { code: 'unreachable', message: 'zone1:2379 does not answer\n{"rules": []}' } as const;
    const data: TopologyData = { ...outage, cells: [{ cell: 'zone1', status: 'failed', failure }] };
    const lines = linesOf(data, { cell: 'zone1', path: 'SrvVSchema' });
    assert.equal(lines[2], '// NOT READ: zone1:2379 does not answer {"rules": []}');
    assert.equal(lines.length, 4);
  });

  const leases: readonly [TopologyData['global'][number]['lease'], string][] = [
    [{ kind: 'unknown' }, '// lease: not known from a snapshot'],
    [{ kind: 'none' }, '// lease: none, so it never expires'],
    [
      { kind: 'held', id: '7668682433167134114', ttlSeconds: 85_853, grantedTtlSeconds: 86_400 },
      '// lease: 7668682433167134114, expires in 23 h 50 min unless it is renewed (granted for 1 d 0 h)',
    ],
  ];
  for (const [lease, line] of leases) {
    it(`shows a lock as JSON with its lease (${lease?.kind ?? ''})`, () => {
      const global = outage.global.map((record) =>
        record.path === lock.path && lease !== undefined ? { ...record, lease } : record,
      );
      const { text, json } = liveText(sessionOf({ ...outage, global }), 'production', lock);
      assert.ok(text.split('\n').includes(line), text);
      assert.equal((json.value as { HostName: string }).HostName.length > 0, true);
    });
  }

  it('shows the bytes of a lock that is no JSON', () => {
    assert.match(textOf(withBytes(outage, lock, Uint8Array.from([0xff])), lock), /^\/\/ its 1 bytes:$/m);
  });

  it('cuts the bytes of a large record and counts the rest', () => {
    const lines = linesOf(withBytes(outage, shard, new Uint8Array(20_000).fill(0xff)), shard);
    assert.equal(lines.at(-2), '// … 3616 more bytes');
    assert.ok(lines.length < 1100);
  });

  it('says that what it shows is not current after a failed refresh', () => {
    const topology = shownTopology(sessionOf(outage).state);
    assert.ok(topology);
    const failed = sessionIn({
      status: 'failed',
      failure: { code: 'timeout', message: 'no answer in 30 s' },
      last: topology,
    });
    assert.equal(
      liveText(failed, 'production', shard).text.split('\n')[2],
      '// STALE: the last refresh failed: no answer in 30 s',
    );
    assert.equal(staleWords(sessionIn({ status: 'loading', last: topology })), undefined);
  });

  it('says why there is nothing to show', () => {
    const states = [
      sessionIn({ status: 'disconnected' }),
      sessionIn({ status: 'loading' }),
      sessionIn({ status: 'failed', failure: { code: 'tls', message: 'no certificate' } }),
      undefined,
    ];
    assert.deepEqual(
      states.map((session) => liveText(session, 'production', shard).text.split('\n')[1]),
      [
        '// NOT READ: the connection production is not connected',
        '// NOT READ: the connection production is being read',
        '// NOT READ: the connection production could not be read: no certificate',
        '// NOT READ: the connection production is not connected',
      ],
    );
  });

  it('renders a state once', () => {
    const session = sessionOf(outage);
    assert.equal(liveText(session, 'production', shard), liveText(session, 'production', shard));
  });
});
