import assert from 'node:assert/strict';
import { cellRecord, globalRecord, recordName } from '../../../src/model/record.ts';
import { capturedRecords } from '../../support/capturedRecords.ts';
import { captureNames, loadCapture } from '../../support/captures.ts';
import { diagnosed, findingLine, onlyFinding } from '../../support/diagnosed.ts';
import { withBytes, withFailedCell, withLock } from '../../support/edit.ts';
import { assertClean, assertFinding, corrupt } from '../../support/ruleCases.ts';

const code = 'record-unreadable';
const switched = loadCapture('04-all-switched');

describe(code, () => {
  it('is silent where every record decodes', () => {
    for (const name of captureNames) assertClean(loadCapture(name), code);
  });

  it('names the record with its keyspace and shard, and what it keeps from being checked', () => {
    const data = corrupt(switched, globalRecord.shard('customer', '-80'));
    assertFinding(data, onlyFinding(data, code), {
      code,
      severity: 'error',
      keyspace: 'customer',
      shard: '-80',
      record: 'keyspaces/customer/shards/-80/Shard',
      says: [
        /^keyspaces\/customer\/shards\/-80\/Shard could not be read: .+\. Everything that depends on it is not checked/,
        /Next: compare it with a backup .* do not overwrite it before its bytes are saved/,
      ],
    });
    assert.equal(diagnosed(data).complete, false);
  });

  it('names the cell of a cell’s record', () => {
    const data = corrupt(switched, cellRecord.srvKeyspace('zone1', 'customer'));
    assert.equal(findingLine(onlyFinding(data, code)), 'record-unreadable customer @zone1');
  });

  it('names a cell that cannot be reached once, with why, although its CellInfo does not decode either', () => {
    const data = withFailedCell(switched, 'zone1');
    for (const unreached of [data, corrupt(data, globalRecord.cellInfo('zone1'))]) {
      assertFinding(unreached, onlyFinding(unreached, code), {
        code,
        severity: 'error',
        cell: 'zone1',
        record: 'cells/zone1/CellInfo',
        says: [/^The cell zone1 could not be read: zone1 did not answer\. What its vtgates do is not checked/],
      });
    }
  });

  it('names a cell of which nobody tried to read the records', () => {
    const unread = { ...switched, cells: [] };
    assert.equal(onlyFinding(unread, code).cell, 'zone1');
  });

  it('names a lock whose contents do not decode, with its keyspace', () => {
    const data = withLock(switched, 'keyspaces/customer', { contents: Uint8Array.of(0xff) });
    const finding = onlyFinding(data, code);
    assert.deepEqual(
      [finding.keyspace, recordName(finding.places[0].record)],
      ['customer', 'keyspaces/customer/locks/123'],
    );
  });

  it('names every kind of record', () => {
    const records = capturedRecords('12-reverse-vtctld-killed');
    for (const { record } of records) {
      const data = corrupt(loadCapture('12-reverse-vtctld-killed'), record);
      const { findings, complete } = diagnosed(data);
      const names = findings
        .filter((finding) => finding.code === code)
        .map(({ places: [first] }) => recordName(first.record));
      assert.deepEqual(names, [recordName(record)]);
      assert.equal(complete, false);
    }
  });

  it('does not call a record that is absent or empty unreadable', () => {
    assertClean(withBytes(switched, globalRecord.mirrorRules, new Uint8Array()), code);
    assertClean(withBytes(switched, globalRecord.vschema('commerce'), undefined), code);
  });
});
