import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { TabletType } from '../../../src/records/gen/topodata_pb.js';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withControls, withDenied, withoutDumps, withoutRecord, withRoutes } from '../../support/edit.ts';
import {
  createdTopology,
  movedTables,
  partialTopology,
  standardTopology,
  tenantTopology,
} from '../../support/moves.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'orphan-denied-tables';
const before = loadCapture('00-before');
const left = withDenied(before, 'commerce', '0', ['product', 'corder']);

describe(code, () => {
  it('is silent where a move or a rule is about the denied tables', () => {
    for (const data of [
      createdTopology(),
      standardTopology(),
      partialTopology({ '-80': 'target', '80-': 'source' }),
      partialTopology({ '-80': 'reversed', '80-': 'target' }),
      tenantTopology(),
    ]) {
      assertClean(data, code);
    }
  });

  it('points at each table that no rule and no workflow is about', () => {
    assertFinding(left, onlyFinding(left, code), {
      code,
      severity: 'warning',
      keyspace: 'commerce',
      shard: '0',
      tables: ['corder', 'product'],
      record: 'keyspaces/commerce/shards/0/Shard',
      text: '"corder"',
      says: [
        /^commerce\/0 denies corder and product, and no routing rule routes them from or to commerce: queries .* fail, and a later move of these tables fails/,
        /Next: check that no workflow of commerce still uses them, then remove them/,
      ],
    });
  });

  it('tells orphans beside the tables of a move in one record', () => {
    const data = withDenied(standardTopology(), 'commerce', '0', [...movedTables, 'stray']);
    assert.deepEqual(onlyFinding(data, code).tables, ['stray']);
  });

  it('takes a name in another case for the table that it denies', () => {
    assertClean(withDenied(standardTopology(), 'commerce', '0', ['COrder', 'CUSTOMER']), code);
    assertClean(
      withDenied(partialTopology({ '-80': 'target', '80-': 'source' }), 'commerce', '-80', ['COrder', 'CUSTOMER']),
      code,
    );
  });

  it('says nothing of a regular expression, whose tables are not known', () => {
    assertClean(withDenied(before, 'commerce', '0', ['/stray/']), code);
  });

  it('looks at the control that the primary follows, and at rules for primaries only', () => {
    const stray = { tabletType: TabletType.PRIMARY, deniedTables: ['stray'] };
    const none = { tabletType: TabletType.PRIMARY };
    assert.deepEqual(findingsOf(withControls(before, 'commerce', '0', [stray, none]), code), []);
    const reads = withRoutes(left, { 'commerce.product@replica': 'customer.product' });
    assert.deepEqual(onlyFinding(reads, code).tables, ['corder', 'product']);
    const routed = withRoutes(left, { product: 'commerce.product' });
    assert.deepEqual(onlyFinding(routed, code).tables, ['corder']);
  });

  it('leaves the denied tables of a target whose workflow was created without routing rules', () => {
    const rules = globalRecord.routingRules;
    const known = withoutRecord(createdTopology({}, { dumps: true }), rules);
    assert.deepEqual(findingsOf(known, code), []);
    assert.equal(findingsOf(withoutDumps(known), code).length, 2);
    // On the source a created move denies nothing.
    const source = withDenied(known, 'commerce', '0', movedTables);
    assert.equal(onlyFinding(source, code).keyspace, 'commerce');
  });

  it('leaves the denied tables of the other side while any rule still tells which side serves', () => {
    const data = withRoutes(createdTopology(), { 'customer.corder': undefined });
    assert.deepEqual(findingsOf(data, code), []);
  });

  it('says nothing without the shard or the rules that would name its tables', () => {
    const partial = partialTopology({ '-80': 'target', '80-': 'source' });
    assertUnchecked(corrupt(left, globalRecord.shard('commerce', '0')), code, globalRecord.shard('commerce', '0'));
    assertUnchecked(corrupt(createdTopology(), globalRecord.routingRules), code, globalRecord.routingRules);
    assertUnchecked(corrupt(partial, globalRecord.shardRoutingRules), code, globalRecord.shardRoutingRules);
  });
});
