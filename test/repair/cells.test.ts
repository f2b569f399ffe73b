import assert from 'node:assert/strict';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { cellRecord, globalRecord } from '../../src/model/record.ts';
import { loadedValue } from '../../src/model/reading.ts';
import { TabletType } from '../../src/records/gen/topodata_pb.js';
import { TableSchema } from '../../src/records/gen/vschema_pb.js';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { create } from '@bufbuild/protobuf';
import { applyPlan, planFor, planOf, reasonsOf, stepLines } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed, findingLines } from '../support/diagnosed.ts';
import {
  bytesOf,
  rebuilt,
  withBytes,
  withFailedCell,
  withKeyspaceRules,
  withoutRecord,
  withRoutes,
  withShard,
  withSrvKeyspace,
  withSrvVSchema,
  withVSchema,
} from '../support/edit.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';

const switched = () => loadCapture('04-all-switched');
const twoCells = () => loadCapture('17-two-cells-replica-zone1');
const readsDiffer = 'reads-differ-by-cell @zone2 corder,customer';
const addTable = (data: TopologyData) =>
  withVSchema(data, 'commerce', ({ tables }) => {
    tables['added'] = create(TableSchema);
  });

function cellRules(data: TopologyData, cell: string): Map<string, string> {
  const records = decodeSnapshot(data).cells.find(({ name }) => name === cell);
  assert.ok(records);
  const rules = loadedValue(records.srvVSchema)?.routingRules?.rules ?? [];
  return new Map(rules.map(({ fromTable, toTables }) => [fromTable, toTables.join()]));
}

describe('the repair of a SrvVSchema', () => {
  it('carries a VSchema that differs and leaves every other byte of a record that it does not know', () => {
    const record = cellRecord.srvVSchema('zone1');
    const unknown = wireDelimited(99, 'kept');
    const edited = addTable(switched());
    const data = withBytes(edited, record, wireBytes(bytesOf(edited, record) ?? new Uint8Array(), unknown));
    const plan = planOf(data);
    const repaired = applyPlan(data, plan);
    assert.deepEqual(stepLines(plan), ['allow zone1/SrvVSchema']);
    assert.deepEqual(findingLines(repaired), []);
    assert.deepEqual(bytesOf(repaired, record)?.slice(-unknown.length), unknown);
    assert.deepEqual(cellRules(repaired, 'zone1'), cellRules(switched(), 'zone1'));
    assert.deepEqual(
      [plan.locks, plan.guards.map((guard) => guard.kind === 'record' && guard.record.path)],
      [[], ['keyspaces/commerce/VSchema']],
    );
  });

  it('carries rules that it lacks, has differently or that are gone', () => {
    const data = withSrvVSchema(switched(), 'zone1', ({ routingRules }) => {
      const rules = routingRules?.rules ?? [];
      rules.shift();
      const [first] = rules;
      if (first !== undefined) first.toTables = ['commerce.x'];
      rules.push({ $typeName: 'vschema.RoutingRule', fromTable: 'gone', toTables: ['commerce.gone'] });
    });
    const repaired = applyPlan(data, planOf(data));
    assert.deepEqual(cellRules(repaired, 'zone1'), cellRules(switched(), 'zone1'));
    assert.deepEqual(findingLines(repaired), []);
  });

  it('carries the other rule records', () => {
    const data = withKeyspaceRules(switched(), ({ rules }) => {
      rules.push({ $typeName: 'vschema.KeyspaceRoutingRule', fromKeyspace: 'commerce', toKeyspace: 'commerce' });
    });
    assert.deepEqual(findingLines(applyPlan(data, planOf(data))), []);
  });

  it('builds a missing one whole, as RebuildVSchemaGraph does', () => {
    const data = withoutRecord(switched(), cellRecord.srvVSchema('zone1'));
    const repaired = applyPlan(data, planOf(data));
    const snapshot = decodeSnapshot(repaired).cells[0]?.srvVSchema;
    assert.deepEqual(snapshot, decodeSnapshot(rebuilt(switched())).cells[0]?.srvVSchema);
  });

  it('does not build one from a VSchema that could not be read', () => {
    const data = withBytes(
      withoutRecord(switched(), cellRecord.srvVSchema('zone1')),
      globalRecord.vschema('customer'),
      Uint8Array.of(0xff),
    );
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'stale-srv-vschema').join(), /keyspaces\/customer\/VSchema could not be read/);
  });

  it('writes nothing over one that could not be read, and says that a failed cell is not checked', () => {
    const broken = withBytes(switched(), cellRecord.srvVSchema('zone1'), Uint8Array.of(0xff));
    assert.match(reasonsOf(planFor(broken), 'record-unreadable').join(), /Nothing is written over/);
    const data = withFailedCell(switched(), 'zone1');
    assert.equal(planFor(data).plan, undefined);
  });

  it('keeps the reads that a cell has on purpose, also while something else of it is repaired', () => {
    assert.equal(planFor(twoCells()).plan, undefined);
    assert.match(reasonsOf(planFor(twoCells()), 'reads-differ-by-cell').join(), /only when that is asked for/);
    const data = addTable(twoCells());
    const plan = planOf(data);
    const repaired = applyPlan(data, plan);
    assert.deepEqual(findingLines(repaired), [readsDiffer]);
    assert.deepEqual(cellRules(repaired, 'zone2'), cellRules(twoCells(), 'zone2'));
    assert.match(plan.warnings.join(), /zone2 keeps its own read rules of corder and customer/);
  });

  it('keeps them while the write rules of the same move are repaired there', () => {
    const data = withSrvVSchema(twoCells(), 'zone2', ({ routingRules }) => {
      for (const rule of routingRules?.rules ?? [])
        if (rule.fromTable === 'corder') rule.toTables = ['customer.corder'];
    });
    const repaired = applyPlan(data, planOf(data));
    assert.deepEqual(findingLines(repaired), [readsDiffer]);
    assert.deepEqual(cellRules(repaired, 'zone2'), cellRules(twoCells(), 'zone2'));
  });

  it('switches them when the request says so', () => {
    const data = twoCells();
    const plan = planOf(data, { followReads: true });
    assert.deepEqual(stepLines(plan), ['allow zone2/SrvVSchema']);
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('does not send a cell’s writes to a shard that denies them', () => {
    const data = withRoutes(switched(), { product: 'commerce.corder' });
    const result = planFor(data);
    assert.match(reasonsOf(result, 'stale-srv-vschema').join(), /commerce\/0 denies product|commerce\/0 denies/);
    assert.equal(result.plan, undefined);
  });
});

describe('the repair of a SrvKeyspace', () => {
  const drop = (data: TopologyData) =>
    withSrvKeyspace(data, 'zone1', 'customer', ({ partitions }) => {
      for (const partition of partitions) partition.shardReferences.pop();
    });

  it('lists the serving shards in order, for every type', () => {
    const record = cellRecord.srvKeyspace('zone1', 'customer');
    const plan = planOf(drop(switched()));
    assert.deepEqual(bytesOf(applyPlan(drop(switched()), plan), record), bytesOf(switched(), record));
    assert.deepEqual(plan.locks, ['keyspaces/customer']);
  });

  it('builds a missing one as it was', () => {
    const record = cellRecord.srvKeyspace('zone1', 'customer');
    const data = withoutRecord(switched(), record);
    assert.deepEqual(bytesOf(applyPlan(data, planOf(data)), record), bytesOf(switched(), record));
  });

  it('is refused while a query service is switched off', () => {
    const data = withSrvKeyspace(drop(switched()), 'zone1', 'customer', ({ partitions: [first] }) => {
      first?.shardTabletControls.push({
        $typeName: 'topodata.ShardTabletControl',
        name: '-80',
        queryServiceDisabled: true,
      });
    });
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'stale-srv-keyspace').join(), /query service of customer is switched off/);
    assert.match(reasonsOf(result, 'query-service-disabled').join(), /finish or cancel/);
  });

  it('is refused when the serving shards do not cover the whole range, or could not be read', () => {
    const uncovered = withShard(switched(), 'customer', '80-', (shard) => {
      shard.isPrimaryServing = false;
    });
    assert.match(reasonsOf(planFor(uncovered), 'stale-srv-keyspace').join(), /do not cover the whole key range/);
    const unread = withBytes(drop(switched()), globalRecord.keyspace('customer'), Uint8Array.of(0xff));
    assert.match(reasonsOf(planFor(unread), 'stale-srv-keyspace').join(), /could be read/);
  });

  it('is refused for a keyspace that has no records', () => {
    const data = withSrvKeyspace(switched(), 'zone1', 'gone', ({ partitions }) => {
      partitions.push({
        $typeName: 'topodata.SrvKeyspace.KeyspacePartition',
        servedType: TabletType.PRIMARY,
        shardReferences: [],
        shardTabletControls: [],
      });
    });
    assert.match(reasonsOf(planFor(data), 'stale-srv-keyspace').join(), /deleted by mistake/);
  });
});

describe('the repair of rules that lead nowhere', () => {
  const stray = () => rebuilt(withRoutes(switched(), { stray: 'gone.stray', 'commerce.stray': 'gone.stray' }));

  it('removes them, and the cells follow', () => {
    const plan = planOf(stray());
    assert.deepEqual(stepLines(plan), ['allow RoutingRules zone1/SrvVSchema']);
    const repaired = applyPlan(stray(), plan);
    assert.deepEqual(findingLines(repaired), []);
    assert.deepEqual(bytesOf(repaired, globalRecord.routingRules), bytesOf(switched(), globalRecord.routingRules));
  });

  it('deletes a rule record that becomes empty, as Vitess does', () => {
    const data = rebuilt(withRoutes(loadCapture('00-before'), { stray: 'gone.stray' }));
    const repaired = applyPlan(data, planOf(data));
    assert.equal(bytesOf(repaired, globalRecord.routingRules), undefined);
    assert.deepEqual(findingLines(repaired), []);
  });

  it('removes those of KeyspaceRoutingRules under Vitess’s lock for them', () => {
    const data = rebuilt(
      withKeyspaceRules(switched(), ({ rules }) => {
        rules.push({ $typeName: 'vschema.KeyspaceRoutingRule', fromKeyspace: 'commerce', toKeyspace: 'gone' });
      }),
    );
    const plan = planOf(data);
    assert.deepEqual(plan.locks, ['routing_rules']);
    assert.deepEqual(findingLines(applyPlan(data, plan)), []);
  });

  it('keeps one of two rules of a name that are alike, and refuses two that differ', () => {
    const twice = (second: string): TopologyData => {
      const data = withRoutes(switched(), { product: 'commerce.product' });
      const rule = wireDelimited(1, wireBytes(wireDelimited(1, 'product'), wireDelimited(2, second)));
      const bytes = bytesOf(data, globalRecord.routingRules) ?? new Uint8Array();
      return rebuilt(withBytes(data, globalRecord.routingRules, wireBytes(bytes, rule)));
    };
    const alike = twice('commerce.product');
    assert.deepEqual(findingLines(applyPlan(alike, planOf(alike))), []);
    assert.match(reasonsOf(planFor(twice('commerce.other')), 'dangling-rule').join(), /lead to different tables/);
  });

  it('is refused for a rule of a move whose target lost the table', () => {
    const data = rebuilt(
      withVSchema(switched(), 'customer', ({ tables }) => {
        Reflect.deleteProperty(tables, 'corder');
      }),
    );
    const result = planFor(data);
    assert.equal(result.plan, undefined);
    assert.match(reasonsOf(result, 'dangling-rule').join(), /rule of a move/);
    assert.ok(diagnosed(data).findings.length > 0);
  });
});
