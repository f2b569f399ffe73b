import assert from 'node:assert/strict';
import { judgedLive } from '../../src/editor/judgedTopology.ts';
import { liveNotes } from '../../src/editor/placedNotes.ts';
import { findingProblems, type Locate } from '../../src/editor/problem.ts';
import { recordLinks } from '../../src/editor/recordLinks.ts';
import { liveText } from '../../src/host/liveText.ts';
import { shownTopology } from '../../src/host/session.ts';
import { recordName, type RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { loadCapture } from '../support/captures.ts';
import { withBytes, withFailedCell, withShardRules } from '../support/edit.ts';
import { noteLine } from './dumps.ts';
import { sessionOf } from './live.ts';

const outage = loadCapture('12-reverse-vtctld-killed');

function noteLines(data: TopologyData, record: RecordId): string[] {
  const session = sessionOf(data);
  const topology = shownTopology(session.state);
  assert.ok(topology);
  const { text, json } = liveText(session, 'production', record);
  return liveNotes(judgedLive(topology.diagnosed), record, json).map((note) => noteLine(text, note));
}

describe('liveNotes', () => {
  const customer = { path: 'keyspaces/customer/shards/-80/Shard' };

  it('says of a live record what it says of a dump of it', () => {
    assert.deepEqual(noteLines(outage, customer), [
      '"denied_tables" | ✗ serving-side-denied: RoutingRules sends corder, customer to customer; commerce/0 does not deny them' +
        ' | RoutingRules rules.12, keyspaces/commerce/shards/0/Shard tablet_controls',
      '"corder" | ✗ RoutingRules: corder → customer.corder | RoutingRules rules.12',
      '"customer" | ✗ RoutingRules: customer → customer.customer | RoutingRules rules.5',
    ]);
    assert.equal(noteLines(outage, { path: 'RoutingRules' }).length, 5);
    assert.equal(noteLines(outage, { cell: 'zone1', path: 'SrvVSchema' }).length, 13);
  });

  it('says what could not be checked because another record could not be read', () => {
    const data = withBytes(outage, { path: 'RoutingRules' }, Uint8Array.of(255));
    assert.deepEqual(noteLines(data, customer), ['"denied_tables" | not checked: RoutingRules could not be read']);
    assert.match(
      noteLines(data, { path: 'RoutingRules' }).join(),
      /✗ record-unreadable: RoutingRules could not be read/,
    );
  });

  it('says that nothing of a cell is known that could not be reached', () => {
    const data = withFailedCell(outage, 'zone1');
    assert.deepEqual(noteLines(data, { cell: 'zone1', path: 'SrvVSchema' }).length, 1);
    assert.match(
      noteLines(data, { cell: 'zone1', path: 'SrvVSchema' })[0] ?? '',
      /not checked: zone1\/SrvVSchema could not be read/,
    );
  });

  it('tells of a lock', () => {
    const [lock] = outage.global.filter(({ path }) => path.startsWith('keyspaces/customer/locks/'));
    assert.match(
      noteLines(outage, { path: lock?.path ?? '' })[0] ?? '',
      /^\{ \| ℹ held-lock: The keyspace customer is locked by /,
    );
  });

  it('tells which shard rule makes a shard of a partial move deny', () => {
    const created = loadCapture('01-created');
    const data = withShardRules(created, (message) => {
      for (const shard of ['-80', '80-']) {
        message.rules.push({
          $typeName: 'vschema.ShardRoutingRule',
          fromKeyspace: 'customer',
          toKeyspace: 'commerce',
          shard,
        });
      }
    });
    const [line] = noteLines(data, customer);
    assert.match(line ?? '', /✓ denied on purpose: ShardRoutingRules sends -80 to commerce \| ShardRoutingRules rules/);
  });
});

describe('findingProblems of a live topology', () => {
  const session = sessionOf(outage);
  const findings = shownTopology(session.state)?.diagnosed.findings ?? [];
  const locate: Locate = ({ record, path }) => {
    const { json, lines } = liveText(session, 'production', record);
    const { offset, length } = json.anchorAt(path);
    return [
      { uri: recordName(record), span: { start: lines.positionAt(offset), end: lines.positionAt(offset + length) } },
    ];
  };

  it('gives a Problem for every finding at its first record', () => {
    assert.ok(findings.length >= 7);
    for (const finding of findings) {
      const [first] = findingProblems([finding], locate);
      assert.equal(first?.uri, recordName(finding.places[0].record));
    }
  });
});

describe('recordLinks', () => {
  function linkLines(record: RecordId, data: TopologyData = outage): string[] {
    const { text, json } = liveText(sessionOf(data), 'production', record);
    const names = new Set([
      ...data.global.map(({ path }) => path),
      ...data.cells.flatMap((cell) =>
        cell.status === 'loaded' ? cell.records.map(({ path }) => `${cell.cell}/${path}`) : [],
      ),
    ]);
    return recordLinks(record, json, (target) => names.has(recordName(target))).map(
      ({ range, record: target, path }) =>
        `${text.slice(range.offset, range.offset + range.length)} → ${[recordName(target), ...path].join(' ')}`,
    );
  }

  it("leads from a shard to its primary's tablet and from denied tables to the rules", () => {
    assert.deepEqual(linkLines({ path: 'keyspaces/customer/shards/-80/Shard' }), [
      'primary_alias → zone1/tablets/zone1-0000000200/Tablet',
      'corder → RoutingRules',
      'customer → RoutingRules',
    ]);
  });

  it("leads from a rule's target to the table in the keyspace's VSchema", () => {
    const lines = linkLines({ path: 'RoutingRules' });
    assert.equal(lines.length, 16);
    assert.equal(lines[0], 'commerce.corder → keyspaces/commerce/VSchema tables corder');
    const without = withBytes(outage, { path: 'keyspaces/commerce/VSchema' }, undefined);
    assert.equal(linkLines({ path: 'RoutingRules' }, without)[0], 'commerce.corder → keyspaces/commerce/Keyspace');
  });

  it('leads from what a cell serves to the global records', () => {
    const lines = linkLines({ cell: 'zone1', path: 'SrvVSchema' });
    for (const line of ['commerce → keyspaces/commerce/VSchema', 'routing_rules → RoutingRules'])
      assert.ok(lines.includes(line), line);
    assert.ok(
      linkLines({ cell: 'zone1', path: 'keyspaces/customer/SrvKeyspace' }).includes(
        '-80 → keyspaces/customer/shards/-80/Shard',
      ),
    );
    assert.deepEqual(linkLines({ cell: 'zone1', path: 'tablets/zone1-0000000200/Tablet' }), [
      'customer → keyspaces/customer/Keyspace',
      '-80 → keyspaces/customer/shards/-80/Shard',
    ]);
  });

  it('leads from rules of shards to both shards', () => {
    const data = withShardRules(outage, (message) => {
      message.rules.push({
        $typeName: 'vschema.ShardRoutingRule',
        fromKeyspace: 'customer',
        toKeyspace: 'nowhere',
        shard: '-80',
      });
    });
    assert.deepEqual(linkLines({ path: 'ShardRoutingRules' }, data), [
      'customer → keyspaces/customer/shards/-80/Shard',
    ]);
  });

  it('leads nowhere from a record that could not be read', () => {
    const data = withBytes(outage, { path: 'RoutingRules' }, Uint8Array.of(255));
    assert.deepEqual(linkLines({ path: 'RoutingRules' }, data), []);
  });
});
