import assert from 'node:assert/strict';
import type { Plan, RepairRequest } from '../../src/model/plan.ts';
import { cellRecord, globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { planUndo, type UndoResult } from '../../src/repair/planUndo.ts';
import type { PlanOptions } from '../../src/repair/repairContext.ts';
import type { StepStatus } from '../../src/repair/ports.ts';
import { applyPlan, planOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { bytesOf, withDenied, withFailedCell, withLock } from '../support/edit.ts';
import { runOf } from '../support/runs.ts';

const killed = () => loadCapture('12-reverse-vtctld-killed');

/** A capture repaired as a whole, with its run. */
function repaired(request: Partial<RepairRequest> = {}): { plan: Plan; data: TopologyData } {
  const plan = planOf(killed(), request);
  return { plan, data: applyPlan(killed(), plan) };
}

function undo(
  plan: Plan,
  data: TopologyData,
  options: PlanOptions & { statuses?: readonly StepStatus[] } = {},
): UndoResult {
  const run = runOf(plan, options.statuses ?? plan.steps.map(() => 'done'));
  return planUndo(run, { data, diagnosed: diagnosed(data) }, options);
}

function undoPlan(plan: Plan, data: TopologyData): Plan {
  const result = undo(plan, data);
  assert.ok('plan' in result, 'refusal' in result ? result.refusal : '');
  return result.plan;
}

describe('the undo of a run', () => {
  it('denies again where the run allowed, has it confirmed, and then opens what the run closed', () => {
    const { plan, data } = repaired();
    const undone = undoPlan(plan, data);
    assert.deepEqual(stepLines(undone), [
      'deny keyspaces/customer/shards/-80/Shard keyspaces/customer/shards/80-/Shard',
      'confirm-deny customer/-80 customer/80-',
      'allow keyspaces/commerce/shards/0/Shard zone1/SrvVSchema',
      'apply-allow commerce/0',
    ]);
    const records = [
      globalRecord.shard('commerce', '0'),
      globalRecord.shard('customer', '-80'),
      cellRecord.srvVSchema('zone1'),
    ];
    for (const record of records) assert.deepEqual(bytesOf(applyPlan(data, undone), record), bytesOf(killed(), record));
  });

  it('takes the locks of the run and compares the shards that it writes', () => {
    const { plan, data } = repaired();
    const undone = undoPlan(plan, data);
    assert.deepEqual(undone.locks, plan.locks);
    assert.deepEqual(undone.guards, [
      { kind: 'shards', keyspace: 'commerce' },
      { kind: 'shards', keyspace: 'customer' },
    ]);
    assert.deepEqual([undone.purpose, undone.findings], [{ kind: 'undo', run: 'run' }, []]);
  });

  it('restores the rules of a move that was turned', () => {
    const { plan, data } = repaired({ direction: { kind: 'serve-from', keyspace: 'commerce' } });
    const restored = applyPlan(data, undoPlan(plan, data));
    assert.deepEqual(bytesOf(restored, globalRecord.routingRules), bytesOf(killed(), globalRecord.routingRules));
  });

  it('leaves records that are as they were before the run', () => {
    const { plan, data } = repaired();
    const partly = { ...data, cells: killed().cells };
    assert.deepEqual(stepLines(undoPlan(plan, partly)).slice(2), [
      'allow keyspaces/commerce/shards/0/Shard',
      'apply-allow commerce/0',
    ]);
  });

  it('is refused as a whole, naming the record, when one is neither as before nor as written', () => {
    const { plan, data } = repaired();
    const result = undo(plan, withDenied(data, 'commerce', '0', ['product']));
    assert.ok('refusal' in result);
    assert.match(result.refusal, /^keyspaces\/commerce\/shards\/0\/Shard changed since/);
  });

  it('is refused when a step that was not begun seems to have written: another did', () => {
    const { plan, data } = repaired();
    const result = undo(plan, data, { statuses: ['done', 'done', 'waiting', 'waiting'] });
    assert.ok('refusal' in result);
    assert.match(result.refusal, /^keyspaces\/customer\/shards\/-80\/Shard, .* changed since/);
  });

  it('says so when there is nothing to undo', () => {
    const { plan } = repaired();
    const result = undo(plan, killed());
    assert.deepEqual(result, { refusal: 'Nothing to undo: every record is as it was before this run.' });
  });

  it('is refused while a cell that it wrote cannot be read, or while another holds a lock', () => {
    const { plan, data } = repaired();
    const unread = undo(plan, withFailedCell(data, 'zone1'));
    assert.ok('refusal' in unread);
    assert.match(unread.refusal, /zone1\/SrvVSchema could not be read/);
    const lease = { kind: 'held', id: '1', ttlSeconds: 25, grantedTtlSeconds: 30 } as const;
    const locked = withLock(data, 'keyspaces/customer', { lease, host: 'vtctld-b' });
    const held = undo(plan, locked);
    assert.ok('refusal' in held);
    assert.match(held.refusal, /keyspaces\/customer is locked by vt@vtctld-b/);
    assert.ok('plan' in undo(plan, locked, { ownLocks: [{ path: 'keyspaces/customer/locks/123' }] }));
  });
});
