import assert from 'node:assert/strict';
import { recordKind } from '../../src/records/recordTypes.ts';
import { isMisplacedRecord, parseCellPath, parseGlobalPath } from '../../src/records/topoKey.ts';
import { captureNames, loadCapture } from '../support/captures.ts';

const long = 'k'.repeat(10_000);

describe('parseGlobalPath', () => {
  const cases: readonly [string, ReturnType<typeof parseGlobalPath>][] = [
    ['RoutingRules', { kind: 'RoutingRules' }],
    ['ShardRoutingRules', { kind: 'ShardRoutingRules' }],
    ['MirrorRules', { kind: 'MirrorRules' }],
    ['routing_rules/keyspace/Rules', { kind: 'KeyspaceRoutingRules' }],
    ['keyspaces/customer/Keyspace', { kind: 'Keyspace', keyspace: 'customer' }],
    ['keyspaces/__proto__/VSchema', { kind: 'VSchema', keyspace: '__proto__' }],
    ['keyspaces/customer/shards/-80/Shard', { kind: 'Shard', keyspace: 'customer', shard: '-80' }],
    ['keyspaces/locks/Keyspace', { kind: 'Keyspace', keyspace: 'locks' }],
    [`keyspaces/${long}/Keyspace`, { kind: 'Keyspace', keyspace: long }],
    ['cells/zone1/CellInfo', { kind: 'CellInfo', cell: 'zone1' }],
    ['keyspaces/customer/locks/77', { kind: 'Lock', lockedPath: 'keyspaces/customer', id: '77' }],
    ['keyspaces/a/shards/0/locks/1', { kind: 'Lock', lockedPath: 'keyspaces/a/shards/0', id: '1' }],
    ['internal/named_locks/a/w/locks/1', { kind: 'Lock', lockedPath: 'internal/named_locks/a/w', id: '1' }],
    ['routing_rules/locks/5', { kind: 'Lock', lockedPath: 'routing_rules', id: '5' }],
    ['keyspaces/customer/locks/x', { kind: 'Other' }],
    ['keyspaces//Keyspace', { kind: 'Other' }],
    ['keyspaces/a/b/Keyspace', { kind: 'Other' }],
    ['keyspaces/a/shards//Shard', { kind: 'Other' }],
    ['cells_aliases/all/CellsAlias', { kind: 'Other' }],
    ['', { kind: 'Other' }],
  ];
  for (const [path, key] of cases) {
    it(`reads ${path.slice(0, 40)} as ${key.kind}`, () => {
      assert.deepEqual(parseGlobalPath(path), key);
    });
  }
});

describe('parseCellPath', () => {
  const cases: readonly [string, ReturnType<typeof parseCellPath>][] = [
    ['SrvVSchema', { kind: 'SrvVSchema' }],
    ['keyspaces/customer/SrvKeyspace', { kind: 'SrvKeyspace', keyspace: 'customer' }],
    ['keyspaces/a/shards/-80/ShardReplication', { kind: 'ShardReplication', keyspace: 'a', shard: '-80' }],
    ['tablets/zone1-0000000100/Tablet', { kind: 'Tablet', alias: 'zone1-0000000100' }],
    ['tablets//Tablet', { kind: 'Other' }],
    ['keyspaces/customer/Keyspace', { kind: 'Other' }],
  ];
  for (const [path, key] of cases) {
    it(`reads ${path} as ${key.kind}`, () => {
      assert.deepEqual(parseCellPath(path), key);
    });
  }
});

describe('isMisplacedRecord', () => {
  it('finds records under empty names and names with a slash', () => {
    for (const path of [
      'keyspaces//Keyspace',
      'keyspaces/a/b/VSchema',
      'keyspaces/a/shards//Shard',
      'x/RoutingRules',
    ]) {
      assert.ok(isMisplacedRecord('global', path), path);
    }
    assert.ok(isMisplacedRecord('cell', 'tablets//Tablet'));
  });

  it('leaves alone what Vitess keeps elsewhere and what it keeps besides', () => {
    for (const path of [
      'cells_aliases/all/CellsAlias',
      'keyspaces/a/Keyspace',
      'keyspaces/a/locks/1',
      'routing_rules/x',
    ]) {
      assert.ok(!isMisplacedRecord('global', path), path);
    }
  });
});

describe('the keys of the captures', () => {
  it('are all of a known kind', () => {
    for (const name of captureNames) {
      const data = loadCapture(name);
      for (const { path } of data.global) assert.notEqual(parseGlobalPath(path).kind, 'Other', path);
      for (const cell of data.cells) {
        assert.ok(cell.status === 'loaded');
        for (const { path } of cell.records) assert.ok(recordKind({ cell: cell.cell, path }) !== undefined, path);
      }
    }
  });
});
