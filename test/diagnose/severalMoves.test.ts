import assert from 'node:assert/strict';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { diagnosed, findingLines } from '../support/diagnosed.ts';
import { rebuilt, withDenied, withRoutes, withShardRules } from '../support/edit.ts';
import { buildTopology, type PartialMove, type StandardMove } from '../support/topologySpec.ts';

const sharded = ['-80', '80-'];

function built(moves: readonly (StandardMove | PartialMove)[]): TopologyData {
  const keyspaces = ['ks0', 'ks1', 'ks2'].map((name) => ({ name, shards: sharded }));
  return buildTopology({ cells: ['zone1'], keyspaces, moves, dumps: false });
}

function standard(source: string, target: string, tables: readonly string[]): StandardMove {
  const reads = { replica: 'source', rdonly: 'source', mirrored: false, earlierReads: [] } as const;
  return { kind: 'standard', source, target, tables, writes: 'source', ...reads };
}

describe('diagnose on moves beside each other', () => {
  describe('with a partial move of the same source that has switched one shard', () => {
    const partial: PartialMove = {
      kind: 'partial',
      source: 'ks0',
      target: 'ks1',
      tables: ['part'],
      shards: { '-80': 'source', '80-': 'target' },
    };
    const data = built([partial, standard('ks0', 'ks2', ['whole'])]);

    it('calls no table denied on the shard, to which vtgate sends nothing', () => {
      assert.deepEqual(findingLines(withDenied(data, 'ks0', '80-', ['part', 'whole'])), []);
    });

    it('calls a table denied on the shard that has not switched', () => {
      const lines = findingLines(withDenied(data, 'ks0', '-80', ['whole']));
      assert.deepEqual(lines, ['both-sides-denied ks0/-80 whole']);
    });
  });

  it('takes a denied table of another move for none of a partial move without table rules', () => {
    const data = built([standard('ks0', 'ks1', ['whole'])]);
    const besides = withShardRules(data, ({ rules }) => {
      rules.push({ $typeName: 'vschema.ShardRoutingRule', fromKeyspace: 'ks2', toKeyspace: 'ks1', shard: '80-' });
    });
    const denying = rebuilt(withDenied(besides, 'ks2', '80-', ['part']));
    assert.deepEqual(findingLines(denying), []);
    const tables = diagnosed(denying).moves.map((move) => [move.kind, move.tables]);
    assert.deepEqual(tables, [
      ['standard', ['whole']],
      ['partial', ['part']],
    ]);
  });

  describe('with two moves of one table', () => {
    const created = built([standard('ks0', 'ks1', ['one']), standard('ks0', 'ks2', ['one'])]);

    it('finds nothing while neither has switched', () => {
      assert.deepEqual(findingLines(created), []);
    });

    it('names the spelling that leads to the denied source, and tells nobody to allow the table there', () => {
      const routes = { one: 'ks1.one', 'ks0.one': 'ks1.one', 'ks1.one': undefined };
      const denied = sharded.reduce(
        (data, shard) => withDenied(withDenied(data, 'ks1', shard, []), 'ks0', shard, ['one']),
        rebuilt(withRoutes(created, routes)),
      );
      const { findings } = diagnosed(denied);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['split-routing'],
      );
      assert.match(findings[0]?.message ?? '', /ks2\.one to ks0\.one/);
    });
  });
});
