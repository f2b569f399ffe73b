import assert from 'node:assert/strict';
import type { RepairRequest } from '../../src/model/plan.ts';
import { globalRecord } from '../../src/model/record.ts';
import { loadedValue } from '../../src/model/reading.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { applyPlan, planFor, planOf, reasonsOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import {
  bytesOf,
  rebuilt,
  withBytes,
  withCopiedCell,
  withDump,
  withFailedCell,
  withoutDumps,
  withRoutes,
  withVSchema,
} from '../support/edit.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';

const killed = () => loadCapture('12-reverse-vtctld-killed');
const switched = () => loadCapture('04-all-switched');
const from = (keyspace: string): Partial<RepairRequest> => ({ direction: { kind: 'serve-from', keyspace } });

function rulesOf(data: TopologyData): Map<string, string> {
  const rules = loadedValue(decodeSnapshot(data).routingRules)?.rules ?? [];
  return new Map(rules.map(({ fromTable, toTables }) => [fromTable, toTables.join()] as const).sort());
}

function problems(data: TopologyData): string[] {
  return diagnosed(data)
    .findings.filter(({ severity }) => severity !== 'info')
    .map(({ code }) => code);
}

describe('serving a move from one of its keyspaces', () => {
  it('leaves the rules of a completed reverse when that is the source', () => {
    const data = killed();
    const plan = planOf(data, from('commerce'));
    assert.deepEqual(stepLines(plan), [
      'confirm-deny customer/-80 customer/80-',
      'allow RoutingRules zone1/SrvVSchema',
    ]);
    const repaired = applyPlan(data, plan);
    const expected = ['corder', 'customer'].flatMap((table) =>
      [table, `commerce.${table}`, `customer.${table}`].flatMap((name) =>
        ['', '@rdonly', '@replica']
          .map((type) => [name + type, `commerce.${table}`] as const)
          .filter(([rule]) => rule !== `commerce.${table}`),
      ),
    );
    assert.deepEqual(rulesOf(repaired), new Map(expected.sort()));
    assert.deepEqual(problems(repaired), []);
    assert.equal(planFor(repaired, from('commerce')).plan, undefined);
  });

  it('leaves the rules of a completed switch when that is the target', () => {
    const data = killed();
    const repaired = applyPlan(data, planOf(data, from('customer')));
    assert.deepEqual(rulesOf(repaired), rulesOf(switched()));
    assert.deepEqual(problems(repaired), []);
  });

  it('denies and confirms on the side that it leaves before it allows on the other', () => {
    const data = rebuilt(withRoutes(switched(), { 'commerce.corder': 'commerce.corder' }));
    assert.deepEqual(stepLines(planOf(data, from('commerce'))), [
      'deny keyspaces/customer/shards/-80/Shard keyspaces/customer/shards/80-/Shard',
      'confirm-deny customer/-80 customer/80-',
      'allow keyspaces/commerce/shards/0/Shard RoutingRules zone1/SrvVSchema',
      'apply-allow commerce/0',
    ]);
  });

  it('keeps what it does not know in RoutingRules, and the rules of other tables', () => {
    const unknown = wireDelimited(99, 'kept');
    const edited = withRoutes(killed(), { product: 'commerce.product' });
    const data = withBytes(
      edited,
      globalRecord.routingRules,
      wireBytes(bytesOf(edited, globalRecord.routingRules) ?? new Uint8Array(), unknown),
    );
    const repaired = applyPlan(data, planOf(data, from('commerce')));
    assert.deepEqual(bytesOf(repaired, globalRecord.routingRules)?.slice(-unknown.length), unknown);
    assert.equal(rulesOf(repaired).get('product'), 'commerce.product');
  });

  it('goes together with dropping rules that lead nowhere', () => {
    const data = rebuilt(
      withRoutes(killed(), {
        'customer.stray': 'gone.stray',
        product: 'commerce.product',
      }),
    );
    const repaired = applyPlan(data, planOf(data, from('commerce')));
    assert.deepEqual(problems(repaired), []);
    assert.equal(rulesOf(repaired).get('product'), 'commerce.product');
    assert.equal(rulesOf(repaired).has('customer.stray'), false);
  });

  it('repairs names of one table that lead to two keyspaces, which rules alone cannot decide', () => {
    const data = rebuilt(withRoutes(switched(), { 'commerce.corder': 'commerce.corder' }));
    assert.match(reasonsOf(planFor(data), 'split-routing').join(), /repair with serve-from/);
    assert.deepEqual(problems(applyPlan(data, planOf(data, from('customer')))), []);
  });

  it('changes nothing of a healthy move', () => {
    assert.equal(planFor(switched(), from('commerce')).plan, undefined);
  });

  it('is refused for a keyspace that is no side of the move', () => {
    const result = planFor(killed(), from('other'));
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'serving-side-denied').join(), /other is not a side of this move/);
  });

  it('is refused while a cell cannot be read, where following the rules is planned with a warning', () => {
    const data = withFailedCell(withCopiedCell(killed(), 'zone1', 'zone2'), 'zone2');
    const result = planFor(data, from('commerce'));
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'serving-side-denied').join(), /SrvVSchema of zone2 could not be read/);
    assert.match(planOf(data).warnings.join(), /SrvVSchema of zone2 could not be read.*not checked/);
  });

  it('is refused where vtgate could not route to the keyspace', () => {
    const data = withVSchema(killed(), 'customer', ({ tables }) => {
      Reflect.deleteProperty(tables, 'corder');
    });
    assert.match(
      reasonsOf(planFor(data, from('customer')), 'serving-side-denied').join(),
      /VSchema of customer does not list corder/,
    );
  });

  describe('warns', () => {
    const warning = (data: TopologyData, keyspace: string) => planOf(data, from(keyspace)).warnings[0] ?? '';

    it('that rows of the other side may be missing, and that replication is not known without dumps', () => {
      const words = warning(withoutDumps(killed()), 'commerce');
      assert.match(words, /Rows that were written on customer are missing or stale there unless replication kept up/);
      assert.match(words, /is not known/);
    });

    it('of the state of the workflow that would bring them', () => {
      const states = ['Running', 'Error'].map((state) => {
        const stream = {
          state,
          message: 'duplicate entry',
          binlog_source: { filter: { rules: [{ match: 'corder' }, { match: 'customer' }] } },
        };
        const workflow = {
          name: 'commerce2customer_reverse',
          workflow_type: 'MoveTables',
          source: { keyspace: 'customer' },
          target: { keyspace: 'commerce' },
          shard_streams: { '0/zone1-0000000100': { streams: [stream] } },
        };
        return warning(
          withDump(withoutDumps(killed()), 'WorkflowShow-commerce.json', { workflows: [workflow] }),
          'commerce',
        );
      });
      assert.match(states[0] ?? '', /commerce2customer_reverse, which would bring them, was Running/);
      assert.match(states[1] ?? '', /has failed on 0.*duplicate entry/);
    });

    it('that nothing replicates when all workflows are known and none does', () => {
      const words = warning(withDump(killed(), 'WorkflowList-customer.json', []), 'customer');
      assert.match(words, /No workflow replicates from commerce to customer/);
    });
  });
});
