import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { cellRecord, globalRecord, recordName } from '../../../src/model/record.ts';
import type { TopologyData } from '../../../src/model/topologyData.ts';
import { KeyspaceSchema as VSchemaSchema, TableSchema } from '../../../src/records/gen/vschema_pb.js';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import {
  rebuilt,
  withBytes,
  withCopiedCell,
  withDenied,
  withFailedCell,
  withKeyspaceRules,
  withMirrorRules,
  withRoutes,
  withRules,
  withShardRules,
  withSrvVSchema,
  withVSchema,
  withoutRecord,
} from '../../support/edit.ts';
import {
  createdTopology,
  movedTables,
  partialTopology,
  standardTopology,
  tenantTopology,
} from '../../support/moves.ts';
import {
  assertClean,
  assertFinding,
  assertIncomplete,
  assertUnchecked,
  corrupt,
  placeText,
} from '../../support/ruleCases.ts';

const stale = 'stale-srv-vschema';
const differs = 'reads-differ-by-cell';
const switched = standardTopology();
const zone = (cell: string) => cellRecord.srvVSchema(cell);
const twoCells = { cells: ['zone1', 'zone2'] };

/** Writes were switched in the global rules, and no SrvVSchema was rebuilt. */
const notRebuilt: TopologyData = {
  ...createdTopology(),
  global: switched.global,
};

describe(stale, () => {
  it('is silent where every cell carries the global records, whatever their order', () => {
    for (const data of [
      switched,
      createdTopology({ mirrored: true }),
      partialTopology({ '-80': 'target', '80-': 'source' }),
      tenantTopology(),
      loadCapture('04-all-switched'),
      withRules(switched, ({ rules }) => rules.reverse()),
    ]) {
      assertClean(data, stale, differs);
    }
  });

  it('points at the cell’s rules of a move, and says where its vtgates send writes and reads', () => {
    const finding = onlyFinding(notRebuilt, stale);
    assertFinding(notRebuilt, finding, {
      code: stale,
      severity: 'error',
      cell: 'zone1',
      tables: movedTables,
      record: 'zone1/SrvVSchema',
      text: '{ "from_table": "commerce.corder", "to_tables": [ "commerce.corder" ] }',
      says: [
        /^zone1's SrvVSchema does not carry the global routing rules: its vtgates still send writes of corder and customer to commerce, which denies them/,
        /still send rdonly and replica reads of corder and customer to commerce, not to customer/,
        /Next: repair the denied tables first .* `vtctldclient RebuildVSchemaGraph --cells zone1`/,
      ],
    });
    const [global] = finding.related;
    assert.ok(global);
    assert.match(global.message ?? '', /^the global rule .* → customer\./);
    assert.match(placeText(notRebuilt, global) ?? '', /"to_tables": \[ "customer\./);
  });

  it('says that the side denies the writes only where it does', () => {
    assert.doesNotMatch(onlyFinding(withDenied(notRebuilt, 'commerce', '0', []), stale).message, /denies them/);
  });

  it('names rules that the cell lacks, and rules that are gone from the global ones', () => {
    const added = withRoutes(switched, { stray: 'commerce.stray' });
    const finding = onlyFinding(added, stale);
    assert.match(finding.message, /it lacks the rules stray/);
    assert.equal(finding.move, undefined);
    assert.deepEqual(finding.places[0].path, ['routing_rules']);
    const removed = withRoutes(switched, { 'corder@replica': undefined });
    assert.match(
      onlyFinding(removed, stale).message,
      /replica reads of corder to customer, which the global rules no longer name/,
    );
  });

  it('tells a rule that is doubled on one side from one that is not', () => {
    const doubled = withRules(switched, ({ rules }) => {
      if (rules[0] !== undefined) rules.push(rules[0]);
    });
    assert.equal(findingsOf(doubled, stale).length, 1);
    assertClean(rebuilt(doubled), stale);
  });

  it('points at a keyspace whose VSchema differs, is missing or is left over', () => {
    const differing = withVSchema(switched, 'customer', ({ tables }) => {
      tables['added'] = create(TableSchema);
    });
    const finding = onlyFinding(differing, stale);
    assert.deepEqual([finding.keyspace, finding.cell, finding.tables], ['customer', 'zone1', []]);
    assert.match(
      placeText(differing, finding.places[0]) ?? '',
      /^\{ "sharded": true, "tables": \{ "corder": \{\}, "customer": \{\} \} \}$/,
    );
    assert.match(finding.message, /carries another VSchema of customer than the global one/);
    const missing = withSrvVSchema(switched, 'zone1', ({ keyspaces }) => {
      Reflect.deleteProperty(keyspaces, 'customer');
    });
    assert.match(
      onlyFinding(missing, stale).message,
      /lacks the keyspace customer: its vtgates cannot plan queries to it/,
    );
    const left = withSrvVSchema(switched, 'zone1', ({ keyspaces }) => {
      keyspaces['gone'] = create(VSchemaSchema);
    });
    assert.match(onlyFinding(left, stale).message, /still lists the keyspace gone, which the topology no longer has/);
  });

  it('takes a keyspace without a VSchema for one with an empty VSchema, as a rebuild does', () => {
    assertClean(rebuilt(withoutRecord(switched, globalRecord.vschema('commerce'))), stale);
  });

  it('points at the other rule records that differ', () => {
    for (const [data, name, field] of [
      [
        withShardRules(partialTopology({ '-80': 'target', '80-': 'source' }), ({ rules }) => rules.pop()),
        'ShardRoutingRules',
        'shard_routing_rules',
      ],
      [
        withKeyspaceRules(tenantTopology(), ({ rules }) => rules.pop()),
        'KeyspaceRoutingRules',
        'keyspace_routing_rules',
      ],
      [withMirrorRules(createdTopology({ mirrored: true }), ({ rules }) => rules.pop()), 'MirrorRules', 'mirror_rules'],
    ] as const) {
      const finding = onlyFinding(data, stale);
      assert.deepEqual(finding.places[0].path, [field]);
      assert.match(placeText(data, finding.places[0]) ?? '', /^\{ "rules"/);
      assert.match(
        finding.message,
        new RegExp(`does not carry the global ${name}: its vtgates route by the earlier ones`),
      );
    }
  });

  it('asks for a SrvVSchema only in a cell that is in use', () => {
    const without = withoutRecord(switched, zone('zone1'));
    const finding = onlyFinding(without, stale);
    assert.deepEqual([finding.cell, finding.places[0].path], ['zone1', []]);
    assert.match(finding.message, /^zone1 has no SrvVSchema: its vtgates know no keyspace and no routing rule/);
    const unused = withCopiedCell(switched, 'zone1', 'zone2');
    const empty = unused.cells.map((cell) => (cell.cell === 'zone2' ? { ...cell, records: [] } : cell));
    assertClean({ ...unused, cells: empty }, stale);
  });

  describe('when a record cannot be read', () => {
    it('says nothing of the SrvVSchema itself or its cell', () => {
      assertUnchecked(corrupt(notRebuilt, zone('zone1')), stale, zone('zone1'));
      const unreached = withFailedCell(notRebuilt, 'zone1');
      assertIncomplete(unreached, globalRecord.cellInfo('zone1'));
      assert.deepEqual(findingsOf(unreached, stale), []);
    });

    it('compares no global record that cannot be read, and those that can', () => {
      const cases = [
        [globalRecord.routingRules, notRebuilt],
        [globalRecord.vschema('customer'), switched],
        [globalRecord.shardRoutingRules, partialTopology({ '-80': 'target', '80-': 'source' })],
        [globalRecord.keyspaceRoutingRules, tenantTopology()],
        [globalRecord.mirrorRules, createdTopology({ mirrored: true })],
      ] as const;
      for (const [record, data] of cases) {
        assertUnchecked(corrupt(data, record), stale, record);
        const left = withSrvVSchema(corrupt(data, record), 'zone1', ({ keyspaces }) => {
          keyspaces['gone'] = create(VSchemaSchema);
        });
        assert.match(onlyFinding(left, stale).message, /keyspace gone/, recordName(record));
      }
    });
  });
});

describe(differs, () => {
  const capture = loadCapture('17-two-cells-replica-zone1');

  it('is silent where all cells carry the same reads', () => {
    assertClean(standardTopology({}, twoCells), differs);
    assertClean(loadCapture('02-rdonly-switched'), differs);
  });

  it('points at the earlier read rules of the cell that was left out', () => {
    assertFinding(capture, onlyFinding(capture, differs), {
      code: differs,
      severity: 'info',
      cell: 'zone2',
      tables: movedTables,
      record: 'zone2/SrvVSchema',
      text: '{ "from_table": "commerce.corder@rdonly", "to_tables": [ "commerce.corder" ] }',
      says: [
        /^zone2's vtgates send rdonly and replica reads of corder and customer to commerce; the global rules, which zone1 already carries, send them to customer/,
        /The next RebuildVSchemaGraph, anyone's, switches zone2 too/,
      ],
    });
    assert.deepEqual(findingsOf(capture, stale), []);
  });

  it('is stale-srv-vschema where no cell carries the global rules, or anything else differs', () => {
    const nobody = { ...capture, cells: capture.cells.filter(({ cell }) => cell === 'zone2') };
    const alone = withoutRecord(nobody, globalRecord.cellInfo('zone1'));
    assert.deepEqual(findingsOf(alone, differs), []);
    assert.equal(findingsOf(alone, stale).length, 1);
    const changed = rebuilt(
      withVSchema(capture, 'commerce', ({ tables }) => {
        tables['added'] = create(TableSchema);
      }),
      ['zone1'],
    );
    assert.deepEqual(findingsOf(changed, differs), []);
    assert.equal(findingsOf(changed, stale).length, 2);
  });

  it('is stale-srv-vschema where the cell’s write rules are the earlier ones too', () => {
    const [, zone2] = createdTopology({}, twoCells).cells;
    const data = standardTopology({}, twoCells);
    const behind = { ...data, cells: data.cells.map((cell) => (cell.cell === 'zone2' && zone2 ? zone2 : cell)) };
    assert.equal(onlyFinding(behind, stale).cell, 'zone2');
    assert.deepEqual(findingsOf(behind, differs), []);
  });

  describe('when the cell that may carry the global rules cannot be read', () => {
    it('calls the reads of the other neither stale nor different on purpose', () => {
      assertUnchecked(corrupt(capture, zone('zone1')), differs, zone('zone1'));
      assertUnchecked(corrupt(capture, zone('zone1')), stale, zone('zone1'));
      assertUnchecked(withFailedCell(capture, 'zone1'), stale, globalRecord.cellInfo('zone1'));
    });

    it('still calls write rules stale, and reads that a third cell carries different on purpose', () => {
      const writes = withFailedCell(withRoutes(standardTopology({}, twoCells), { corder: 'commerce.corder' }), 'zone1');
      assert.equal(onlyFinding(writes, stale).cell, 'zone2');
      const third = withFailedCell(withCopiedCell(capture, 'zone1', 'zone3'), 'zone1');
      assert.match(onlyFinding(third, differs).message, /which zone3 already carries/);
    });
  });

  it('says nothing without the SrvVSchema or RoutingRules', () => {
    for (const record of [zone('zone2'), globalRecord.routingRules]) {
      assertUnchecked(corrupt(capture, record), differs, record);
    }
    const empty = withBytes(capture, zone('zone2'), Uint8Array.of(0x0a, 0xff));
    assertUnchecked(empty, differs, zone('zone2'));
  });
});
