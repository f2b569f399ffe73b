import assert from 'node:assert/strict';
import { decode, encode } from '../../src/records/decode.ts';
import { recordFromJson, recordToJson } from '../../src/records/recordJson.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import { capturedRecords } from '../support/capturedRecords.ts';
import { captureNames } from '../support/captures.ts';
import { walkMessage } from '../support/wireWalker.ts';

describe('the records of the captures', () => {
  it('hold every kind of record that a move writes', () => {
    const records = captureNames.flatMap(capturedRecords);
    const kinds = [...new Set(records.map(({ kind }) => kind))].sort();
    const written = ['CellInfo', 'Keyspace', 'RoutingRules', 'Shard', 'ShardReplication', 'SrvKeyspace', 'SrvVSchema'];
    assert.deepEqual(kinds, [...written, 'Tablet', 'VSchema']);
    assert.ok(records.length > 100, `only ${records.length} records`);
  });

  for (const capture of captureNames) {
    it(`lose nothing when those of ${capture} are decoded and encoded`, () => {
      for (const { name, kind, value } of capturedRecords(capture)) {
        const reading = decode(recordSchemas[kind], value);
        assert.equal(reading.status, 'loaded', name);
        const again = encode(recordSchemas[kind], reading.value);
        assert.deepEqual(walkMessage(kind, again), walkMessage(kind, value), name);
        // The order of map entries is all that may differ.
        assert.equal(again.length, value.length, name);
      }
    });

    it(`lose nothing when those of ${capture} are written as JSON and read`, () => {
      for (const { name, kind, value } of capturedRecords(capture)) {
        const reading = decode(recordSchemas[kind], value);
        assert.equal(reading.status, 'loaded', name);
        const json: unknown = JSON.parse(recordToJson(recordSchemas[kind], reading.value));
        const fromJson = recordFromJson(recordSchemas[kind], json);
        assert.equal(fromJson.status, 'loaded', name);
        assert.deepEqual(
          walkMessage(kind, encode(recordSchemas[kind], fromJson.value)),
          walkMessage(kind, value),
          name,
        );
      }
    });
  }
});
