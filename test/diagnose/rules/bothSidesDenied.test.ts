import assert from 'node:assert/strict';
import { globalRecord, recordName } from '../../../src/model/record.ts';
import { findingLines, findingsOf, onlyFinding, placeLines } from '../../support/diagnosed.ts';
import { withDenied } from '../../support/edit.ts';
import { createdTopology, movedTables, partialTopology, standardTopology } from '../../support/moves.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'both-sides-denied';
const switched = standardTopology();
const bothShards = withDenied(withDenied(switched, 'customer', '-80', movedTables), 'customer', '80-', movedTables);

describe(code, () => {
  it('is silent where one side serves', () => {
    for (const data of [
      switched,
      createdTopology(),
      standardTopology({ writes: 'reversed' }),
      partialTopology({ '-80': 'target', '80-': 'reversed' }),
    ]) {
      assertClean(data, code);
    }
  });

  it('is one finding for all shards, in place of serving-side-denied', () => {
    const finding = onlyFinding(bothShards, code);
    assertFinding(bothShards, finding, {
      code,
      severity: 'error',
      keyspace: 'customer',
      tables: movedTables,
      record: 'keyspaces/customer/shards/-80/Shard',
      text: '"corder"',
      says: [
        /^Queries on the primary for corder and customer fail now with "disallowed due to rule: enforce denied tables"/,
        /the routing rules send them to customer, customer\/-80 and customer\/80- deny them, and so does commerce/,
        /Next: make sure that no SwitchTraffic or ReverseTraffic is running, then allow them on customer/,
      ],
    });
    assert.deepEqual(placeLines(finding), [
      'keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.0',
      'keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.1',
      'keyspaces/customer/shards/80-/Shard tablet_controls.0.denied_tables.0',
      'keyspaces/customer/shards/80-/Shard tablet_controls.0.denied_tables.1',
    ]);
    assert.ok(finding.related.some(({ record }) => recordName(record) === 'keyspaces/commerce/shards/0/Shard'));
    assert.deepEqual(findingsOf(bothShards, 'serving-side-denied'), []);
  });

  it('names the shard where only one of the serving shards denies', () => {
    const finding = onlyFinding(withDenied(switched, 'customer', '80-', ['corder']), code);
    assert.deepEqual([finding.keyspace, finding.shard, finding.tables], ['customer', '80-', ['corder']]);
  });

  it('is not said of a table that some shard of the other side accepts', () => {
    const data = withDenied(withDenied(createdTopology(), 'commerce', '0', movedTables), 'customer', '80-', ['corder']);
    assert.deepEqual(
      findingLines(data).filter((line) => / commerce/.test(line)),
      ['both-sides-denied commerce/0 corder', 'serving-side-denied commerce/0 customer'],
    );
  });

  it('is told shard by shard in a partial move', () => {
    const data = withDenied(partialTopology({ '-80': 'target', '80-': 'source' }), 'customer', '-80', movedTables);
    const finding = onlyFinding(data, code);
    assert.deepEqual([finding.keyspace, finding.shard], ['customer', '-80']);
  });

  describe('when a record cannot be read', () => {
    it('is not said while a shard of the other side may accept the table', () => {
      const record = globalRecord.shard('commerce', '0');
      assertUnchecked(corrupt(bothShards, record), code, record);
      assert.equal(findingsOf(corrupt(bothShards, record), 'serving-side-denied').length, 2);
    });

    it('is not said by RoutingRules', () => {
      assertUnchecked(corrupt(bothShards, globalRecord.routingRules), code, globalRecord.routingRules);
    });

    it('is not said while a partial move’s shard cannot be read', () => {
      const data = withDenied(partialTopology({ '-80': 'target', '80-': 'source' }), 'customer', '-80', movedTables);
      const record = globalRecord.shard('commerce', '-80');
      assertUnchecked(corrupt(data, record), code, record);
    });
  });
});
