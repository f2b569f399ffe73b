import assert from 'node:assert/strict';
import { cellRecord, globalRecord } from '../../src/model/record.ts';
import { loadCapture } from '../support/captures.ts';
import { withBytes, withCopiedCell, withFailedCell, withoutDumps } from '../support/edit.ts';
import { check, created, forward, reasonLines } from './precheckWorld.ts';

const damaged = new Uint8Array([0xff]);
const commerce0 = globalRecord.shard('commerce', '0');
const primary = cellRecord.tablet('zone1', 'zone1-0000000100');

describe('precheck of what cannot be read', () => {
  for (const record of [
    globalRecord.routingRules,
    globalRecord.shardRoutingRules,
    globalRecord.vschema('commerce'),
    commerce0,
    cellRecord.srvVSchema('zone1'),
    primary,
  ]) {
    it(`could not check when ${record.path} is damaged, and names it`, () => {
      const data = withBytes(created(), record, damaged);
      const result = check(data, 'switch corder,customer commerce customer');
      assert.ok(!result.safe && !result.complete);
      assert.ok(result.reasons.some(({ code, record: at }) => code === 'not-checked' && at?.path === record.path));
      assert.ok(result.notSeen.some((line) => line.includes(record.path)));
      assert.ok(!result.reasons.some(({ code }) => code === 'tables-unknown'));
    });
  }

  it('could not check when a cell is not reached, and names it', () => {
    const result = check(withFailedCell(loadCapture('17-two-cells-replica-zone1'), 'zone2'), `switch ${forward}`);
    assert.deepEqual(reasonLines(result), ['not-checked cells/zone2/CellInfo']);
    assert.ok(result.notSeen.includes('cells/zone2/CellInfo could not be read.'));
  });

  it('does not say what reads do where their rules could not be read', () => {
    const data = withBytes(withoutDumps(created()), cellRecord.srvVSchema('zone1'), damaged);
    const lines = reasonLines(check(data, 'reverse corder commerce customer'));
    assert.deepEqual(lines, ['not-checked zone1/SrvVSchema']);
  });

  it('does not call a primary missing when its cell is not reached', () => {
    const lines = reasonLines(check(withFailedCell(created(), 'zone1'), `switch ${forward}`));
    assert.deepEqual(lines, ['not-checked cells/zone1/CellInfo']);
  });

  it('does not mind a damaged record of another keyspace, but its VSchema', () => {
    const other = withCopiedCell(created(), 'zone1', 'zone2');
    const shard = withBytes(other, globalRecord.shard('other', '0'), damaged);
    assert.ok(!reasonLines(check(shard, `switch ${forward}`)).some((line) => line.startsWith('not-checked')));
    const vschema = withBytes(other, globalRecord.vschema('other'), damaged);
    assert.ok(reasonLines(check(vschema, `switch ${forward}`)).includes('not-checked keyspaces/other/VSchema'));
  });
});
