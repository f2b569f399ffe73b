import assert from 'node:assert/strict';
import { planChanges } from '../../src/model/plan.ts';
import { recordName } from '../../src/model/record.ts';
import { applyPlan, planFor, planOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';

const killed = () => loadCapture('12-reverse-vtctld-killed');

describe('the repair of a vtctld that was killed while it reversed', () => {
  it('denies on the side without writes, has it confirm, and then allows where the rules lead', () => {
    assert.deepEqual(stepLines(planOf(killed())), [
      'deny keyspaces/commerce/shards/0/Shard',
      'confirm-deny commerce/0',
      'allow keyspaces/customer/shards/-80/Shard keyspaces/customer/shards/80-/Shard zone1/SrvVSchema',
      'apply-allow customer/-80 customer/80-',
    ]);
  });

  it('leaves no error and no warning', () => {
    const repaired = applyPlan(killed(), planOf(killed()));
    assert.deepEqual(
      diagnosed(repaired).findings.filter(({ severity }) => severity !== 'info'),
      [],
    );
  });

  it('touches no other record', () => {
    const data = killed();
    const plan = planOf(data);
    const written = new Set(planChanges(plan).map(({ record }) => recordName(record)));
    const others = (of: typeof data) =>
      [...of.global, ...of.cells.flatMap((cell) => (cell.status === 'loaded' ? cell.records : []))].filter(
        ({ path }) => !written.has(path) && !written.has(`zone1/${path}`),
      );
    assert.deepEqual(others(applyPlan(data, plan)), others(data));
  });

  it('plans nothing a second time', () => {
    const repaired = applyPlan(killed(), planOf(killed()));
    assert.equal(planFor(repaired).plan, undefined);
  });

  it('names its findings, its locks in the order of Vitess and what it rests on', () => {
    const plan = planOf(killed());
    assert.deepEqual(
      plan.findings.map(({ code }) => code),
      ['serving-side-denied', 'serving-side-denied', 'other-side-not-denied', 'stale-srv-vschema'],
    );
    assert.deepEqual(plan.locks, [
      'internal/named_locks/commerce/commerce2customer_reverse',
      'internal/named_locks/customer/commerce2customer',
      'keyspaces/commerce',
      'keyspaces/customer',
    ]);
    assert.deepEqual(
      plan.guards.map((guard) => (guard.kind === 'shards' ? `shards of ${guard.keyspace}` : recordName(guard.record))),
      ['shards of commerce', 'shards of customer', 'MirrorRules', 'RoutingRules', 'ShardRoutingRules'],
    );
    assert.deepEqual(
      [plan.keyspaces, plan.tables, plan.cells],
      [['commerce', 'customer'], ['corder', 'customer'], ['zone1']],
    );
  });
});
