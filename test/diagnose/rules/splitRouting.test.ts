import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding, placeLines } from '../../support/diagnosed.ts';
import { rebuilt, withRoutes, withVSchema, withoutRecord } from '../../support/edit.ts';
import {
  createdTopology,
  movedTables,
  partialTopology,
  standardTopology,
  tenantTopology,
} from '../../support/moves.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'split-routing';
const switched = standardTopology();
const split = rebuilt(withRoutes(switched, { 'commerce.corder': 'commerce.corder' }));
/** commerce is sharded, and its own name of corder has no rule. */
const unruled = rebuilt(
  withRoutes(standardTopology({ source: 'customer', target: 'commerce' }), { 'customer.corder': undefined }),
);

describe(code, () => {
  it('is silent in every state that a move leaves, read rules on the other side included', () => {
    for (const data of [
      createdTopology(),
      createdTopology({ replica: 'target', rdonly: 'source' }),
      switched,
      standardTopology({ writes: 'reversed', replica: 'source', rdonly: 'source' }),
      partialTopology({ '-80': 'target', '80-': 'source' }),
      tenantTopology(),
    ]) {
      assertClean(data, code);
    }
  });

  it('points at the rules of the names of one table that lead to two keyspaces', () => {
    const finding = onlyFinding(split, code);
    assertFinding(split, finding, {
      code,
      severity: 'error',
      tables: ['corder'],
      record: 'RoutingRules',
      text: '{ "from_table": "corder", "to_tables": [ "customer.corder" ] }',
      says: [
        /^The routing rules send corder to customer\.corder, commerce\.corder to commerce\.corder/,
        /a query writes to one keyspace or the other by how it spells the table's name/,
        /Next: decide which keyspace must serve, commerce or customer, and apply rules that all name it/,
      ],
    });
    assert.equal(placeLines(finding).length, 2);
  });

  it('counts a name without a rule where its keyspace can route the table', () => {
    assert.match(onlyFinding(unruled, code).message, /customer\.corder, which has no rule, to customer/);
    const unlisted = withVSchema(unruled, 'customer', ({ tables }) => {
      Reflect.deleteProperty(tables, 'corder');
    });
    assertClean(rebuilt(unlisted), code);
  });

  it('counts an unsharded keyspace’s own name whatever its VSchema lists', () => {
    const data = rebuilt(
      withVSchema(withRoutes(switched, { 'commerce.corder': undefined }), 'commerce', ({ tables }) => {
        Reflect.deleteProperty(tables, 'corder');
      }),
    );
    assert.match(onlyFinding(data, code).message, /commerce\.corder, which has no rule, to commerce/);
    assert.equal(findingsOf(withoutRecord(data, globalRecord.vschema('commerce')), code).length, 1);
  });

  it('says of a known workflow that its tables belong together, and of none that is inferred', () => {
    const apart = (data: typeof switched) =>
      rebuilt(
        withRoutes(data, {
          corder: 'commerce.corder',
          'commerce.corder': 'commerce.corder',
          'customer.corder': 'commerce.corder',
        }),
      );
    const known = apart(standardTopology({}, { dumps: true }));
    const finding = onlyFinding(known, code);
    assert.deepEqual(finding.tables, movedTables);
    assert.match(
      finding.message,
      /send the tables of one move to different keyspaces: corder to commerce and customer to customer/,
    );
    assertClean(apart(switched), code);
  });

  it('leaves read rules of a capture that are switched by cell', () => {
    assertClean(loadCapture('17-two-cells-replica-zone1'), code);
  });

  it('says nothing without RoutingRules', () => {
    assertUnchecked(corrupt(split, globalRecord.routingRules), code, globalRecord.routingRules);
  });

  it('does not take a name without a rule for one that leads somewhere while the VSchema cannot be read', () => {
    const record = globalRecord.vschema('customer');
    assertUnchecked(corrupt(unruled, record), code, record);
    // What two rules say needs no VSchema.
    assert.equal(findingsOf(corrupt(split, record), code).length, 1);
  });
});
