import assert from 'node:assert/strict';
import { globalRecord, recordName } from '../../../src/model/record.ts';
import { TabletType } from '../../../src/records/gen/topodata_pb.js';
import { loadCapture } from '../../support/captures.ts';
import { findingLines, findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { rebuilt, withControls, withDenied, withRoutes } from '../../support/edit.ts';
import { createdTopology, movedTables, partialTopology, standardTopology } from '../../support/moves.ts';
import { withNewShards } from '../../support/reshard.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt, placeText } from '../../support/ruleCases.ts';

const code = 'serving-side-denied';
const switched = standardTopology();
/** A reverse died: the rules still serve customer, which denies on -80 already. */
const died = withDenied(withDenied(switched, 'commerce', '0', []), 'customer', '-80', movedTables);

describe(code, () => {
  it('is silent in every state that a MoveTables leaves', () => {
    for (const data of [
      createdTopology(),
      createdTopology({ replica: 'target', rdonly: 'target' }),
      switched,
      standardTopology({ writes: 'reversed', replica: 'source', rdonly: 'source' }),
      partialTopology({ '-80': 'target', '80-': 'source' }),
      partialTopology({ '-80': 'reversed', '80-': 'target' }),
    ]) {
      assertClean(data, code);
    }
  });

  it('points at the denied table of each shard that serves it', () => {
    const finding = onlyFinding(died, code);
    assertFinding(died, finding, {
      code,
      severity: 'error',
      keyspace: 'customer',
      shard: '-80',
      tables: movedTables,
      record: 'keyspaces/customer/shards/-80/Shard',
      text: '"corder"',
      says: [
        /^Queries on the primary for corder and customer \(rows of customer\/-80\) fail now with "disallowed due to rule: enforce denied tables"/,
        /the routing rules send them to customer, and customer\/-80 denies them\. Next: /,
        /no SwitchTraffic or ReverseTraffic is running, deny them on every shard of commerce, .* only then allow them on customer\/-80/,
      ],
    });
    assert.deepEqual(
      finding.places.map((place) => placeText(died, place)),
      ['"corder"', '"customer"'],
    );
    assert.equal(finding.fixable, true);
  });

  it('gives as evidence the rules, and the open side’s control where the tables are missing', () => {
    const { related } = onlyFinding(died, code);
    assert.deepEqual(
      related.map(({ record, message }) => [recordName(record), message]),
      [
        ['RoutingRules', 'corder is routed to customer.corder'],
        ['RoutingRules', 'customer is routed to customer.customer'],
        ['keyspaces/commerce/shards/0/Shard', 'commerce/0 does not deny corder and customer'],
      ],
    );
    const rule = related[0];
    assert.ok(rule);
    assert.match(placeText(died, rule) ?? '', /^\{ "from_table": "corder", "to_tables": \[ "customer\.corder" \] \}$/);
  });

  it('names both shards of the killed reverse', () => {
    assert.deepEqual(
      findingsOf(loadCapture('12-reverse-vtctld-killed'), code).map(({ shard }) => shard),
      ['-80', '80-'],
    );
  });

  it('goes by the primary rule where read rules lead elsewhere', () => {
    const reads = createdTopology({ replica: 'target', rdonly: 'target' });
    assertClean(reads, code);
    const denied = rebuilt(withDenied(reads, 'commerce', '0', ['corder']));
    assert.deepEqual(
      findingsOf(withDenied(denied, 'customer', '80-', []), code).map(({ keyspace, tables }) => [keyspace, tables]),
      [['commerce', ['corder']]],
    );
  });

  it('compares names without regard to case, as a tablet does, and follows regular expressions', () => {
    for (const [entry, table] of [
      ['COrder', 'corder'],
      ['/^cust.*/', 'customer'],
      ['/ord/', 'corder'],
    ] as const) {
      const data = withDenied(switched, 'customer', '80-', [entry]);
      const open = withDenied(data, 'commerce', '0', []);
      const finding = onlyFinding(open, code);
      assert.deepEqual(finding.tables, [table]);
      assert.equal(placeText(open, finding.places[0]), JSON.stringify(entry));
    }
    assert.deepEqual(findingsOf(withDenied(switched, 'customer', '80-', ['/^x/', 'orders']), code), []);
  });

  it('leaves out another move’s tables that the same record denies', () => {
    const others = withDenied(withRoutes(died, { x: 'customer.x' }), 'customer', '80-', ['unrelated']);
    assert.deepEqual(
      findingsOf(others, code).map(({ shard }) => shard),
      ['-80'],
    );
  });

  it('follows the last of two PRIMARY controls, and passes over one for other cells than the primary’s', () => {
    const open = withDenied(switched, 'commerce', '0', []);
    const control = { tabletType: TabletType.PRIMARY, deniedTables: ['corder'] };
    const empty = { tabletType: TabletType.PRIMARY };
    assert.deepEqual(findingsOf(withControls(open, 'customer', '-80', [control, empty]), code), []);
    const last = withControls(open, 'customer', '-80', [empty, control]);
    assert.deepEqual(onlyFinding(last, code).places[0].path, ['tablet_controls', 1, 'denied_tables', 0]);
    const elsewhere = withControls(open, 'customer', '-80', [{ ...control, cells: ['zone9'] }]);
    assert.deepEqual(findingsOf(elsewhere, code), []);
    const reads = withControls(open, 'customer', '-80', [{ ...control, tabletType: TabletType.REPLICA }]);
    assert.deepEqual(findingsOf(reads, code), []);
  });

  it('goes by the shard’s own rule in a partial move', () => {
    const half = partialTopology({ '-80': 'target', '80-': 'source' });
    assertClean(half, code);
    const denied = withDenied(withDenied(half, 'customer', '-80', ['corder']), 'commerce', '-80', []);
    const finding = onlyFinding(denied, code);
    assert.deepEqual([finding.keyspace, finding.shard, finding.tables], ['customer', '-80', ['corder']]);
  });

  it('passes over new shards of a Reshard, which serve nothing yet', () => {
    const started = withNewShards(switched, 'customer', ['-40', '40-80']);
    assertClean(withDenied(started, 'customer', '-40', movedTables), code);
  });

  it('tells of a rule that leads to a denied table although no move explains it', () => {
    const data = withDenied(rebuilt(withRoutes(switched, { stray: 'customer.stray' })), 'customer', '80-', ['stray']);
    assertFinding(data, onlyFinding(data, code), {
      code,
      severity: 'error',
      keyspace: 'customer',
      shard: '80-',
      tables: ['stray'],
      record: 'keyspaces/customer/shards/80-/Shard',
      text: '"stray"',
      says: [/stray \(rows of customer\/80-\) fail now/, /no move explains it\. Next: find out which keyspace/],
    });
    assert.equal(onlyFinding(data, code).fixable, false);
  });

  describe('when a record cannot be read', () => {
    it('says nothing of the shard itself', () => {
      assertUnchecked(
        corrupt(died, globalRecord.shard('customer', '-80')),
        code,
        globalRecord.shard('customer', '-80'),
      );
    });

    it('says nothing by RoutingRules', () => {
      assertUnchecked(corrupt(died, globalRecord.routingRules), code, globalRecord.routingRules);
    });

    it('says nothing by ShardRoutingRules of keyspaces with the same shards', () => {
      const half = partialTopology({ '-80': 'target', '80-': 'source' });
      assertUnchecked(corrupt(half, globalRecord.shardRoutingRules), code, globalRecord.shardRoutingRules);
    });

    it('still tells of the serving side when only the other side cannot be read', () => {
      const data = corrupt(died, globalRecord.shard('commerce', '0'));
      assert.deepEqual(
        findingLines(data).filter((line) => /denied/.test(line)),
        ['serving-side-denied customer/-80 corder,customer'],
      );
    });

    it('takes no new shard of a Reshard for the serving one that cannot be read', () => {
      const started = withNewShards(createdTopology(), 'commerce', ['-80', '80-']);
      const denied = withDenied(started, 'commerce', '-80', movedTables);
      assertClean(denied, code);
      assertUnchecked(corrupt(denied, globalRecord.shard('commerce', '0')), code, globalRecord.shard('commerce', '0'));
    });
  });
});
