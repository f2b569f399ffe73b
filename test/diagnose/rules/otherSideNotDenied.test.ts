import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { TabletType } from '../../../src/records/gen/topodata_pb.js';
import type { TopologyData } from '../../../src/model/topologyData.ts';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { rebuilt, withControls, withDenied, withVSchema } from '../../support/edit.ts';
import {
  createdTopology,
  movedTables,
  partialTopology,
  standardTopology,
  tenantTopology,
} from '../../support/moves.ts';
import { withNewShards } from '../../support/reshard.ts';
import { assertClean, assertFinding, assertIncomplete, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'other-side-not-denied';
const switched = standardTopology();
const opened = withDenied(switched, 'commerce', '0', []);

/** Completed with --keep-routing-rules: the sharded source no longer lists the tables, and nothing denies. */
function keptRules(): TopologyData {
  const swapped = { source: 'customer', target: 'commerce' };
  const all = movedTables.reduce(
    (data, table) =>
      withVSchema(data, 'customer', ({ tables }) => {
        Reflect.deleteProperty(tables, table);
      }),
    standardTopology(swapped),
  );
  return rebuilt(withDenied(withDenied(all, 'customer', '-80', []), 'customer', '80-', []));
}

describe(code, () => {
  it('is silent in every state that a MoveTables leaves', () => {
    for (const data of [
      createdTopology(),
      createdTopology({ replica: 'target', rdonly: 'target' }),
      switched,
      standardTopology({ writes: 'reversed', replica: 'source', rdonly: 'source' }),
      createdTopology({ mirrored: true }),
      tenantTopology(),
      tenantTopology({ writes: 'source' }),
    ]) {
      assertClean(data, code);
    }
  });

  it('points at the controls of each shard that accepts what it does not serve', () => {
    assertFinding(opened, onlyFinding(opened, code), {
      code,
      severity: 'error',
      keyspace: 'commerce',
      shard: '0',
      tables: movedTables,
      record: 'keyspaces/commerce/shards/0/Shard',
      text: '[]',
      says: [
        /^commerce\/0 accepts writes to corder and customer although the routing rules send them to customer/,
        /writes rows that customer never sees\. Next: deny them on commerce\/0 and refresh its tablets/,
        /completed with --keep-routing-rules, remove its routing rules instead/,
      ],
    });
    assert.deepEqual(
      onlyFinding(opened, code).related.map(({ message }) => message),
      ['corder is routed to customer.corder', 'customer is routed to customer.customer'],
    );
  });

  it('points at the list that lacks a table where others are denied', () => {
    const data = withDenied(createdTopology(), 'customer', '80-', ['customer', 'unrelated']);
    const finding = onlyFinding(data, code);
    assertFinding(data, finding, {
      code,
      severity: 'error',
      keyspace: 'customer',
      shard: '80-',
      tables: ['corder'],
      record: 'keyspaces/customer/shards/80-/Shard',
      text: '[ "customer", "unrelated" ]',
      says: [/customer\/80- accepts writes to corder /],
    });
  });

  it('reports the open source of the killed reverse', () => {
    assert.equal(onlyFinding(loadCapture('12-reverse-vtctld-killed'), code).keyspace, 'commerce');
  });

  it('takes a name in another case, a matching expression and an allow_reads control for a denial', () => {
    assertClean(withDenied(switched, 'commerce', '0', ['CORDER', 'Customer']), code);
    assertClean(withDenied(switched, 'commerce', '0', ['/^c/']), code);
    const control = { tabletType: TabletType.PRIMARY, deniedTables: movedTables, allowReads: true };
    assertClean(withControls(switched, 'commerce', '0', [control]), code);
  });

  it('follows the last of two PRIMARY controls', () => {
    const denied = { tabletType: TabletType.PRIMARY, deniedTables: movedTables };
    const data = withControls(switched, 'commerce', '0', [denied, { tabletType: TabletType.PRIMARY }]);
    assert.deepEqual(onlyFinding(data, code).places[0].path, ['tablet_controls', 1, 'denied_tables']);
  });

  it('accepts an open target of a partial move before its shard has switched, and no open source after', () => {
    assertClean(partialTopology({ '-80': 'source', '80-': 'source' }), code);
    const half = partialTopology({ '-80': 'target', '80-': 'source' });
    assertClean(half, code);
    const finding = onlyFinding(withDenied(half, 'commerce', '-80', []), code);
    assert.deepEqual([finding.keyspace, finding.shard, finding.tables], ['commerce', '-80', movedTables]);
  });

  it('tells a partial move’s direction although the same record denies tables of another move', () => {
    const spec = {
      keyspaces: ['commerce', 'customer', 'third'].map((name) => ({ name, shards: ['-80', '80-'] })),
      moves: [
        {
          kind: 'partial',
          source: 'commerce',
          target: 'customer',
          tables: movedTables,
          shards: { '-80': 'target', '80-': 'source' },
        },
        {
          kind: 'standard',
          source: 'customer',
          target: 'third',
          tables: ['other'],
          writes: 'target',
          replica: 'target',
          rdonly: 'target',
          mirrored: false,
          earlierReads: [],
        },
      ],
    } as const;
    const data = partialTopology({}, spec);
    assertClean(data, code);
    // The table rules of the partial move are gone: only ShardRoutingRules and denied tables tell it.
    const { global } = standardTopology({}, { keyspaces: spec.keyspaces, moves: [spec.moves[1]] });
    const rules = global.filter(({ path }) => path === 'RoutingRules');
    const without = rebuilt({
      ...data,
      global: [...data.global.filter(({ path }) => path !== 'RoutingRules'), ...rules],
    });
    assertClean(without, code, 'serving-side-denied', 'both-sides-denied');
  });

  it('passes over new shards of a Reshard, which serve nothing yet', () => {
    assertClean(withNewShards(switched, 'commerce', ['-80', '80-']), code);
  });

  it('is silent on rules that a completed move kept where its sharded source lists the table no more', () => {
    assertClean(keptRules(), code);
  });

  describe('when a record cannot be read', () => {
    it('says nothing of the shard itself, nor by RoutingRules', () => {
      for (const record of [globalRecord.shard('commerce', '0'), globalRecord.routingRules]) {
        assertUnchecked(corrupt(opened, record), code, record);
      }
    });

    it('says nothing by ShardRoutingRules of keyspaces with the same shards', () => {
      const half = withDenied(partialTopology({ '-80': 'target', '80-': 'source' }), 'commerce', '-80', []);
      assertUnchecked(corrupt(half, globalRecord.shardRoutingRules), code, globalRecord.shardRoutingRules);
    });

    it('takes no new shard of a Reshard for the serving one that cannot be read', () => {
      const started = withNewShards(switched, 'commerce', ['-80', '80-']);
      assertUnchecked(corrupt(started, globalRecord.shard('commerce', '0')), code, globalRecord.shard('commerce', '0'));
    });

    it('still tells of the shards that could be read', () => {
      const data = withDenied(createdTopology(), 'customer', '80-', []);
      const half = corrupt(data, globalRecord.shard('customer', '-80'));
      assert.equal(onlyFinding(half, code).shard, '80-');
    });

    it('calls no kept rules a contradiction while the VSchema that would tell cannot be read', () => {
      const record = globalRecord.vschema('customer');
      assertUnchecked(corrupt(keptRules(), record), code, record);
      // A denied table shows that the move is not completed.
      const moving = withDenied(keptRules(), 'customer', '-80', movedTables);
      assert.equal(onlyFinding(corrupt(moving, record), code).shard, '80-');
      // An unsharded keyspace has its tables whatever its VSchema says.
      const unsharded = corrupt(opened, globalRecord.vschema('commerce'));
      assertIncomplete(unsharded, globalRecord.vschema('commerce'));
      assert.equal(findingsOf(unsharded, code).length, 1);
    });

    it('still reports the open source of a partial move without its VSchema: the shard rules lead away whole shards', () => {
      const allOpen = partialTopology({ '-80': 'target', '80-': 'target' });
      const data = withDenied(withDenied(allOpen, 'commerce', '-80', []), 'commerce', '80-', []);
      const half = corrupt(data, globalRecord.vschema('commerce'));
      assert.deepEqual(
        findingsOf(half, code).map(({ keyspace, shard }) => `${keyspace}/${shard}`),
        ['commerce/-80', 'commerce/80-'],
      );
    });
  });
});
