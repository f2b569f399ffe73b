import assert from 'node:assert/strict';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { Shard_TabletControlSchema, TabletType, type Shard_TabletControl } from '../../src/records/gen/topodata_pb.js';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { applyPlan, planFor, planOf, reasonsOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { findingLines } from '../support/diagnosed.ts';
import { bytesOf, withBytes, withDenied, withMirrorRules, withShard } from '../support/edit.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';

const both = ['corder', 'customer'];
const switched = () => loadCapture('04-all-switched');
const created = () => loadCapture('01-created');
const deniedCommerce = (tables: readonly string[]) => withDenied(switched(), 'commerce', '0', tables);

function controlsOf(data: TopologyData, keyspace: string, name: string): readonly Shard_TabletControl[] {
  const shard = decodeSnapshot(data)
    .keyspaces.get(keyspace)
    ?.shards.find((one) => one.name === name)?.shard;
  assert.ok(shard?.status === 'loaded');
  return shard.value.tabletControls;
}

function control(
  tables: readonly string[],
  more: MessageInitShape<typeof Shard_TabletControlSchema> = {},
): Shard_TabletControl {
  return create(Shard_TabletControlSchema, {
    tabletType: TabletType.PRIMARY,
    deniedTables: [...tables],
    ...more,
  });
}

function withControls(
  data: TopologyData,
  keyspace: string,
  shard: string,
  controls: Shard_TabletControl[],
): TopologyData {
  return withShard(data, keyspace, shard, (record) => {
    record.tabletControls = controls;
  });
}

describe('the repair of denied tables', () => {
  it('plans nothing for what is healthy', () => {
    for (const capture of ['00-before', '01-created', '02-rdonly-switched', '04-all-switched']) {
      assert.deepEqual(planFor(loadCapture(capture)), { plan: undefined, refusals: [] });
    }
  });

  it('allows on every serving shard when both sides deny, after the other side has confirmed again', () => {
    const data = withDenied(withDenied(switched(), 'customer', '-80', both), 'customer', '80-', both);
    const plan = planOf(data);
    assert.deepEqual(stepLines(plan), [
      'confirm-deny commerce/0',
      'allow keyspaces/customer/shards/-80/Shard keyspaces/customer/shards/80-/Shard',
      'apply-allow customer/-80 customer/80-',
    ]);
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('only denies where the other side is open', () => {
    const plan = planOf(deniedCommerce([]));
    assert.deepEqual(stepLines(plan), ['deny keyspaces/commerce/shards/0/Shard', 'confirm-deny commerce/0']);
    assert.deepEqual(
      bytesOf(applyPlan(deniedCommerce([]), plan), globalRecord.shard('commerce', '0')),
      bytesOf(switched(), globalRecord.shard('commerce', '0')),
    );
  });

  it('makes shards of one side agree', () => {
    const data = withDenied(created(), 'customer', '-80', []);
    assert.deepEqual(stepLines(planOf(data)), [
      'deny keyspaces/customer/shards/-80/Shard',
      'confirm-deny customer/-80',
    ]);
  });

  it('removes the control that denies nothing any more, as Vitess does', () => {
    const data = withDenied(switched(), 'customer', '-80', both);
    assert.deepEqual(controlsOf(applyPlan(data, planOf(data)), 'customer', '-80'), []);
  });

  it('keeps other tables, their order, the flags and unknown fields of a control', () => {
    const flags = { frozen: true, allowReads: true };
    const edited = withControls(switched(), 'customer', '-80', [
      control(['zeta', 'corder', 'alpha', 'Customer'], flags),
    ]);
    const record = globalRecord.shard('customer', '-80');
    const unknown = wireDelimited(99, 'kept');
    const data = withBytes(edited, record, wireBytes(bytesOf(edited, record) ?? new Uint8Array(), unknown));
    const repaired = applyPlan(data, planOf(data, { scope: { kind: 'move', move: 'customer.commerce2customer' } }));
    assert.deepEqual(controlsOf(repaired, 'customer', '-80'), [control(['zeta', 'alpha'], flags)]);
    assert.deepEqual(bytesOf(repaired, record)?.slice(-unknown.length), unknown);
  });

  it('adds tables after those of other moves', () => {
    const data = withControls(switched(), 'commerce', '0', [control(['product', 'customer'])]);
    const plan = planOf(data, { scope: { kind: 'move', move: 'customer.commerce2customer' } });
    assert.deepEqual(controlsOf(applyPlan(data, plan), 'commerce', '0'), [control(['product', 'customer', 'corder'])]);
  });

  it('repairs the whole move for a finding of one of its shards', () => {
    const data = withDenied(withDenied(deniedCommerce([]), 'customer', '-80', both), 'customer', '80-', both);
    const plan = planOf(data, {
      scope: { kind: 'finding', code: 'serving-side-denied', record: 'keyspaces/customer/shards/80-/Shard' },
    });
    assert.deepEqual(stepLines(plan)[0], 'deny keyspaces/commerce/shards/0/Shard');
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('refuses when a pattern denies a table that is to be allowed', () => {
    const data = withControls(switched(), 'customer', '-80', [control(['/^c/'])]);
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'both-sides-denied').join(), /customer\/-80 the pattern \/\^c\/ denies/);
    assert.match(result.refusals[0]?.commands ?? '', /vtctldclient|STOP/);
  });

  it('refuses when a Shard record of either side could not be read', () => {
    const data = withBytes(
      withDenied(switched(), 'customer', '-80', both),
      globalRecord.shard('customer', '80-'),
      Uint8Array.of(0xff),
    );
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'serving-side-denied').join(), /customer\/shards\/80-\/Shard could not be read/);
    assert.match(reasonsOf(result, 'record-unreadable').join(), /Nothing is written over/);
  });

  it('refuses when MirrorRules could not be read or mirror the move', () => {
    const unread = withBytes(deniedCommerce([]), globalRecord.mirrorRules, Uint8Array.of(0xff));
    assert.match(reasonsOf(planFor(unread), 'other-side-not-denied').join(), /MirrorRules could not be read/);
    const mirrored = withMirrorRules(withDenied(created(), 'customer', '-80', []), (message) => {
      message.rules.push({
        $typeName: 'vschema.MirrorRule',
        fromTable: 'commerce.corder',
        toTable: 'customer.corder',
        percent: 5,
      });
    });
    assert.match(reasonsOf(planFor(mirrored), 'other-side-not-denied').join(), /mirrored/);
  });

  it('leaves one control where two were, with what the tablets follow and what the move needs', () => {
    const data = withControls(switched(), 'commerce', '0', [control(['stray']), control(['customer'])]);
    const plan = planOf(data);
    assert.deepEqual(controlsOf(applyPlan(data, plan), 'commerce', '0'), [control(['customer', 'corder'])]);
    assert.ok(plan.findings.some(({ code }) => code === 'duplicate-control'));
  });

  it('says in a change why it is made', () => {
    const data = deniedCommerce(['customer']);
    const whys = planOf(data).steps.flatMap((step) =>
      step.kind === 'write' ? step.changes.map(({ why }) => why) : [],
    );
    assert.deepEqual(whys, ['denies corder: customer serves them']);
  });
});

describe('the repair of controls that no move needs', () => {
  const before = () => loadCapture('00-before');
  const lines = (data: TopologyData) => findingLines(applyPlan(data, planOf(data)));

  it('removes denied tables of no rule and refreshes the shard', () => {
    const data = withDenied(before(), 'commerce', '0', ['product']);
    assert.deepEqual(stepLines(planOf(data)), ['allow keyspaces/commerce/shards/0/Shard', 'apply-allow commerce/0']);
    assert.deepEqual(lines(data), []);
    assert.deepEqual(planOf(data).locks, ['keyspaces/commerce']);
  });

  it('leaves denied tables that a known workflow moves', () => {
    const data = { ...withDenied(before(), 'customer', '-80', both), dumps: created().dumps };
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'orphan-denied-tables').join(), /customer\.commerce2customer may move these tables/);
  });

  it('makes two controls one, of the last', () => {
    const data = withControls(switched(), 'commerce', '0', [control(['stray']), control(both)]);
    const repaired = applyPlan(data, planOf(data));
    assert.deepEqual(controlsOf(repaired, 'commerce', '0'), [control(both)]);
    assert.deepEqual(findingLines(repaired), []);
  });

  it('refuses two controls of which each counts in other cells', () => {
    const data = withControls(switched(), 'commerce', '0', [control(both), control(both, { cells: ['zone1'] })]);
    assert.match(reasonsOf(planFor(data), 'duplicate-control').join(), /different cells/);
  });

  it('removes denied tables of REPLICA and RDONLY only', () => {
    const legacy = control(['corder'], { tabletType: TabletType.RDONLY });
    const data = withControls(switched(), 'commerce', '0', [control(both), legacy]);
    const repaired = applyPlan(data, planOf(data));
    assert.deepEqual(
      bytesOf(repaired, globalRecord.shard('commerce', '0')),
      bytesOf(switched(), globalRecord.shard('commerce', '0')),
    );
  });
});
