import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { onlyFinding, placeLines } from '../../support/diagnosed.ts';
import { withDenied } from '../../support/edit.ts';
import { createdTopology, movedTables, partialTopology, standardTopology } from '../../support/moves.ts';
import { withNewShards } from '../../support/reshard.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'shards-disagree';
const oneOpen = withDenied(createdTopology(), 'customer', '80-', []);

describe(code, () => {
  it('is silent where all shards of a side are alike', () => {
    assertClean(createdTopology(), code);
    assertClean(standardTopology(), code);
    assertClean(withDenied(createdTopology(), 'customer', '80-', ['CUSTOMER', '/^corder$/']), code);
  });

  it('points at what some shards deny and others do not, and says which way they must agree', () => {
    const finding = onlyFinding(oneOpen, code);
    assertFinding(oneOpen, finding, {
      code,
      severity: 'error',
      keyspace: 'customer',
      tables: movedTables,
      record: 'keyspaces/customer/shards/-80/Shard',
      text: '"corder"',
      says: [
        /^customer\/-80 denies corder and customer and customer\/80- does not: a query that reaches customer past the routing rules fails or succeeds by the shard its rows are on/,
        /Next: make all shards of customer deny them, since the routing rules do not send their writes there/,
      ],
    });
    assert.deepEqual(placeLines(finding), [
      'keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.0',
      'keyspaces/customer/shards/-80/Shard tablet_controls.0.denied_tables.1',
    ]);
    assert.deepEqual(
      finding.related.map(({ message }) => message),
      ['customer/80- does not deny corder and customer'],
    );
  });

  it('says that the serving side must allow them', () => {
    const data = withDenied(standardTopology(), 'customer', '80-', ['corder']);
    assert.match(onlyFinding(data, code).message, /all shards of customer allow them, since the routing rules send/);
  });

  it('leaves out a partial move, which differs by shard on purpose', () => {
    assertClean(partialTopology({ '-80': 'target', '80-': 'source' }), code);
  });

  it('leaves out tables of no move, and new shards of a Reshard', () => {
    assertClean(withNewShards(createdTopology(), 'customer', ['-40', '40-80']), code);
    assertClean(withDenied(createdTopology(), 'customer', '-80', [...movedTables, 'stray']), code);
  });

  it('says nothing of shards, rules or a kind of move that cannot be read', () => {
    for (const record of [globalRecord.shard('customer', '80-'), globalRecord.routingRules]) {
      assertUnchecked(corrupt(oneOpen, record), code, record);
    }
    const partial = corrupt(partialTopology({ '-80': 'target', '80-': 'source' }), globalRecord.shardRoutingRules);
    assertUnchecked(partial, code, globalRecord.shardRoutingRules);
  });

  it('compares no new shards of a Reshard while the serving shards cannot be read', () => {
    const started = withNewShards(createdTopology(), 'customer', ['-40', '40-80']);
    const denied = withDenied(started, 'customer', '-40', movedTables);
    assertClean(denied, code);
    const unread = ['-80', '80-'].reduce((data, name) => corrupt(data, globalRecord.shard('customer', name)), denied);
    assertUnchecked(unread, code, globalRecord.shard('customer', '-80'));
  });
});
