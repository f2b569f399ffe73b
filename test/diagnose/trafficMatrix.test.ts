import assert from 'node:assert/strict';
import { statusJson } from '../../src/cli/json.ts';
import { matrixLines } from '../../src/cli/matrixText.ts';
import { cellTrafficWords, matrixRows, trafficWords } from '../../src/model/matrixRows.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { tablesNode } from '../../src/tree/tableNodes.ts';
import type { TreeContext } from '../../src/tree/treeContext.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { withFailedCell, withSrvVSchema } from '../support/edit.ts';
import { standardTopology } from '../support/moves.ts';

/** A keyspace may have any name, that of what could not be checked included. */
const target = 'not-checked';
const spec = {
  cells: ['zone1'],
  keyspaces: [
    { name: 'commerce', shards: ['0'] },
    { name: target, shards: ['-80', '80-'] },
  ],
  dumps: true,
};
const served = standardTopology({ target, tables: ['corder'], replica: 'source' }, spec);
const unreached = withFailedCell(served, 'zone1');
const noRule = withSrvVSchema(served, 'zone1', (srvVSchema) => {
  Reflect.deleteProperty(srvVSchema, 'routingRules');
});

function moveOf(data: TopologyData) {
  const [move] = diagnosed(data).moves;
  assert.ok(move);
  return move;
}

describe('the traffic matrix', () => {
  it('tells a keyspace that serves from one that no rule names and from a cell that could not be read', () => {
    assert.deepEqual(
      moveOf(served).matrix.map(({ type, servedBy }) => [type, servedBy]),
      [
        ['primary', { kind: 'keyspace', keyspace: target }],
        ['replica', { kind: 'keyspace', keyspace: 'commerce' }],
        ['rdonly', { kind: 'keyspace', keyspace: target }],
      ],
    );
    assert.deepEqual(new Set(moveOf(unreached).matrix.map(({ servedBy }) => servedBy.kind)), new Set(['not-checked']));
    assert.deepEqual(new Set(moveOf(noRule).matrix.map(({ servedBy }) => servedBy.kind)), new Set(['no-rule']));
  });

  it('is in words for the tree and the report', () => {
    assert.deepEqual(matrixRows(moveOf(served).matrix), [['corder', 'zone1', target, 'commerce', target]]);
    assert.equal(cellTrafficWords(moveOf(served).matrix), 'primary and rdonly → not-checked, replica → commerce');
    assert.deepEqual(matrixRows(moveOf(unreached).matrix)[0]?.slice(2), Array(3).fill('could not check'));
    assert.equal(trafficWords(moveOf(unreached).matrix), 'could not check');
    assert.equal(trafficWords(moveOf(noRule).matrix), 'no rule');
  });

  it('marks in the tree only what could not be checked', () => {
    const state = (data: TopologyData) =>
      tablesNode({ connection: 'c' } as TreeContext, 'm', moveOf(data))
        .children?.()
        .map((table) => [table.state, ...(table.children?.() ?? []).map((cell) => cell.state)]);
    assert.deepEqual(state(served), [['none', 'none']]);
    assert.deepEqual(state(unreached), [['unchecked', 'unchecked']]);
  });

  it('is in words on the command line', () => {
    const plainPaint = (_: unknown, text: string): string => text;
    const row = (data: TopologyData) => matrixLines(moveOf(data), plainPaint)[1]?.trim().split(/ {2,}/);
    assert.deepEqual(row(served), ['corder', target, 'commerce', target]);
    assert.deepEqual(row(unreached), ['corder', 'not checked', 'not checked', 'not checked']);
  });

  it('is null with checked false in JSON where it could not be checked', () => {
    const traffic = (data: TopologyData) =>
      (statusJson(diagnosed(data)) as { moves: { traffic: Record<string, unknown>[] }[] }).moves[0]?.traffic[0];
    const cell = { table: 'corder', type: 'primary', cell: 'zone1' };
    assert.deepEqual(traffic(served), { ...cell, servedBy: target, checked: true });
    assert.deepEqual(traffic(noRule), { ...cell, servedBy: null, checked: true });
    assert.deepEqual(traffic(unreached), { ...cell, servedBy: null, checked: false });
  });
});
