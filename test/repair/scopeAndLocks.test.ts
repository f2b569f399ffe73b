import assert from 'node:assert/strict';
import type { RepairRequest } from '../../src/model/plan.ts';
import type { LeaseEvidence, TopologyData } from '../../src/model/topologyData.ts';
import { applyPlan, planFor, planOf, reasonsOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed, findingLines } from '../support/diagnosed.ts';
import { withDenied, withLock, withoutDumps } from '../support/edit.ts';
import { buildTopology, type MoveSpec } from '../support/topologySpec.ts';

const named = 'internal/named_locks/customer/commerce2customer';
const revisioned = (data: TopologyData): TopologyData => ({ ...data, revision: '100' });
const held = (ttlSeconds: number, grantedTtlSeconds: number): LeaseEvidence => ({
  kind: 'held',
  id: '77',
  ttlSeconds,
  grantedTtlSeconds,
});
const live = held(25, 30);
const broken = () => revisioned(withDenied(loadCapture('04-all-switched'), 'commerce', '0', []));

describe('the locks of a plan', () => {
  it('are those of both workflows of a move, of its source and of its target', () => {
    assert.deepEqual(planOf(broken()).locks, [
      'internal/named_locks/commerce/commerce2customer_reverse',
      named,
      'keyspaces/commerce',
      'keyspaces/customer',
    ]);
  });

  it('are of the keyspaces alone where nothing names the workflow', () => {
    assert.deepEqual(planOf(withoutDumps(broken())).locks, ['keyspaces/commerce', 'keyspaces/customer']);
  });

  it('take every source before its target where moves form a chain', () => {
    const move = (source: string, target: string): MoveSpec => ({
      kind: 'standard',
      source,
      target,
      tables: [`${source}t`],
      writes: 'target',
      replica: 'target',
      rdonly: 'target',
      mirrored: false,
      earlierReads: [],
    });
    const data = buildTopology({
      cells: ['zone1'],
      keyspaces: ['a', 'b', 'c'].map((name) => ({ name, shards: ['0'] })),
      moves: [move('c', 'b'), move('b', 'a')],
      dumps: true,
    });
    const open = withDenied(withDenied(data, 'c', '0', []), 'b', '0', []);
    assert.deepEqual(
      planOf(open).locks.filter((path) => path.startsWith('keyspaces/')),
      ['keyspaces/c', 'keyspaces/b', 'keyspaces/a'],
    );
  });

  it('refuse the plan while an operation holds one of them', () => {
    for (const path of [named, 'keyspaces/customer']) {
      const result = planFor(withLock(broken(), path, { lease: live, host: 'vtctld-b' }));
      assert.equal(result.plan, undefined);
      assert.match(
        reasonsOf(result, 'other-side-not-denied').join(),
        new RegExp(`${path} is locked by vt@vtctld-b for SwitchWrites`),
      );
    }
  });

  it('do not stop a plan when they are of another keyspace or this process’s own', () => {
    const other = withLock(broken(), 'keyspaces/other', { lease: live });
    assert.ok(planFor(other).plan);
    const own = withLock(broken(), 'keyspaces/customer', { lease: live, id: '5' });
    const { plan } = planFor(own, {}, { ownLocks: [{ path: 'keyspaces/customer/locks/5' }] });
    assert.deepEqual(plan?.steps, planOf(broken()).steps);
  });

  it('are only warned of where a folder cannot tell whether they live', () => {
    const folder = withLock(withDenied(loadCapture('04-all-switched'), 'commerce', '0', []), 'keyspaces/customer');
    assert.match(planOf(folder).warnings.join(), /keyspaces\/customer was locked by vt@vtctld-a.*cannot tell/);
    assert.equal(planOf(folder).revision, undefined);
  });

  it('are released first when they are abandoned, with their evidence', () => {
    const data = withLock(broken(), named, { lease: held(80_000, 86_400), ageSeconds: 6400, modRevision: '90' });
    const plan = planOf(data);
    assert.equal(stepLines(plan)[0], `release ${named}/locks/123`);
    const [step] = plan.steps;
    assert.ok(step?.kind === 'release-locks');
    const [lock] = step.locks;
    assert.deepEqual([lock?.leaseId, lock?.modRevision], ['77', '90']);
    assert.match(lock?.evidence ?? '', /holds none of the keyspace locks/);
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('are released alone when nothing else is wrong, by deleting the key when it has no lease', () => {
    const data = revisioned(
      withLock(loadCapture('04-all-switched'), 'keyspaces/customer', { lease: { kind: 'none' } }),
    );
    const plan = planOf(data, {
      scope: { kind: 'finding', code: 'abandoned-lock', record: 'keyspaces/customer/locks/123' },
    });
    assert.deepEqual(stepLines(plan), ['release keyspaces/customer/locks/123']);
    assert.deepEqual(
      plan.steps.flatMap((step) => (step.kind === 'release-locks' ? step.locks.map(({ leaseId }) => leaseId) : [])),
      [undefined],
    );
  });
});

describe('the scope of a repair', () => {
  const move = (index: number, source: string, target: string): MoveSpec => ({
    kind: 'standard',
    source,
    target,
    tables: [`m${index}`],
    writes: 'target',
    replica: 'target',
    rdonly: 'target',
    mirrored: false,
    earlierReads: [],
  });
  const spec = {
    cells: ['zone1'],
    keyspaces: ['a', 'b', 'c', 'd'].map((name) => ({ name, shards: ['0'] })),
    moves: [move(0, 'a', 'b'), move(1, 'c', 'd')],
    dumps: true,
  };
  const data = () => revisioned(withDenied(withDenied(buildTopology(spec), 'a', '0', []), 'c', '0', []));
  const lines = (request: Partial<RepairRequest>) => stepLines(planOf(data(), request));

  it('is one move, the moves of a keyspace, or everything', () => {
    const first = ['deny keyspaces/a/shards/0/Shard', 'confirm-deny a/0'];
    assert.deepEqual(lines({ scope: { kind: 'move', move: 'b.move0' } }), first);
    assert.deepEqual(lines({ scope: { kind: 'keyspace', keyspace: 'b' } }), first);
    assert.deepEqual(lines({}), ['deny keyspaces/a/shards/0/Shard keyspaces/c/shards/0/Shard', 'confirm-deny a/0 c/0']);
  });

  it('plans nothing for a move or a finding that is not there', () => {
    assert.deepEqual(planFor(data(), { scope: { kind: 'move', move: 'none' } }), { plan: undefined, refusals: [] });
    assert.deepEqual(planFor(data(), { scope: { kind: 'finding', code: 'split-routing', record: 'RoutingRules' } }), {
      plan: undefined,
      refusals: [],
    });
  });

  it('refuses one move and plans the others', () => {
    const result = planFor(withLock(data(), 'keyspaces/a', { lease: live }));
    assert.ok(result.plan);
    assert.deepEqual(stepLines(result.plan), ['deny keyspaces/c/shards/0/Shard', 'confirm-deny c/0']);
    assert.deepEqual(
      result.refusals.map(({ finding }) => finding.code),
      ['other-side-not-denied', 'held-lock'],
    );
  });

  it('leaves findings that records alone cannot decide, each with a reason', () => {
    const all = diagnosed(data()).findings;
    assert.ok(all.length > 0);
    for (const { reason, commands } of planFor(withLock(data(), 'keyspaces/a', { lease: live })).refusals) {
      assert.match(reason, /\.$/);
      assert.match(commands, /^# /);
    }
  });
});
