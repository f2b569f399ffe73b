import assert from 'node:assert/strict';
import { globalRecord } from '../../src/model/record.ts';
import { applyPlan, planFor, planOf, reasonsOf, stepLines } from '../support/applyPlan.ts';
import { findingLines } from '../support/diagnosed.ts';
import { rebuilt, withBytes, withDenied, withShardRules, withoutRecord } from '../support/edit.ts';
import { buildTopology, type TopologySpec } from '../support/topologySpec.ts';

const shards = ['-80', '80-'];
const spec: TopologySpec = {
  cells: ['zone1'],
  keyspaces: [
    { name: 'a', shards },
    { name: 'b', shards },
  ],
  moves: [{ kind: 'partial', source: 'a', target: 'b', tables: ['t'], shards: { '-80': 'target', '80-': 'source' } }],
  dumps: true,
};
const healthy = () => buildTopology(spec);

describe('the repair of a partial move', () => {
  it('plans nothing while its target may accept a shard that has not switched', () => {
    assert.deepEqual(planFor(healthy()), { plan: undefined, refusals: [] });
  });

  it('denies on the source of a shard that has switched', () => {
    const plan = planOf(withDenied(healthy(), 'a', '-80', []));
    assert.deepEqual(stepLines(plan), ['deny keyspaces/a/shards/-80/Shard', 'confirm-deny a/-80']);
  });

  it('denies on the target before it allows on the source of a shard that has not', () => {
    const data = withDenied(healthy(), 'a', '80-', ['t']);
    const plan = planOf(data);
    assert.deepEqual(stepLines(plan).slice(0, 3), [
      'deny keyspaces/b/shards/80-/Shard',
      'confirm-deny b/80-',
      'allow keyspaces/a/shards/80-/Shard',
    ]);
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('is refused when a shard is missing on one side or could not be read, or the rules could not', () => {
    const data = withDenied(healthy(), 'a', '80-', ['t']);
    const missing = withoutRecord(data, globalRecord.shard('b', '80-'));
    assert.match(reasonsOf(planFor(missing), 'serving-side-denied').join(), /not both keyspaces have that shard/);
    const unread = withBytes(data, globalRecord.shard('b', '80-'), Uint8Array.of(0xff));
    assert.match(reasonsOf(planFor(unread), 'serving-side-denied').join(), /b\/shards\/80-\/Shard could not be read/);
  });

  it('is refused to be turned as a whole', () => {
    const result = planFor(withDenied(healthy(), 'a', '80-', ['t']), {
      direction: { kind: 'serve-from', keyspace: 'b' },
    });
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'serving-side-denied').join(), /shard by shard/);
  });

  it('has cells follow ShardRoutingRules only to shards that accept', () => {
    const turned = withShardRules(healthy(), ({ rules }) => {
      for (const rule of rules.filter(({ shard }) => shard === '80-'))
        [rule.fromKeyspace, rule.toKeyspace] = ['a', 'b'];
    });
    const data = withDenied(turned, 'a', '80-', ['t']);
    assert.deepEqual(stepLines(planOf(data)), ['allow zone1/SrvVSchema']);
    assert.deepEqual(findingLines(applyPlan(data, planOf(data))), []);
    assert.deepEqual(findingLines(rebuilt(data)), []);
  });
});
