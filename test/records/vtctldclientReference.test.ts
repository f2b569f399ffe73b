import assert from 'node:assert/strict';
import type { DescMessage } from '@bufbuild/protobuf';
import { cellRecord, globalRecord, type RecordId } from '../../src/model/record.ts';
import { decode, encode, sameMessage } from '../../src/records/decode.ts';
import { recordFromJson, recordToJson } from '../../src/records/recordJson.ts';
import { recordKind, recordSchemas } from '../../src/records/recordTypes.ts';
import { captureNames, loadCapture, readDump, readDumps } from '../support/captures.ts';
import { bytesOf } from '../support/edit.ts';
import { walkMessage } from '../support/wireWalker.ts';

type Json = Readonly<Record<string, unknown>>;

/** The records that a dump prints, each with its JSON as vtctldclient wrote it. */
function printed(capture: string, dump: string): [RecordId, unknown][] {
  const value = readDump(capture, dump);
  const object = value as Json;
  const ofCells = (record: (cell: string) => RecordId): [RecordId, unknown][] =>
    Object.entries(object).map(([cell, entry]) => [record(cell), entry]);
  const shard = (entry: unknown): [RecordId, unknown] => {
    const { keyspace, name, shard: json } = entry as { keyspace: string; name: string; shard: unknown };
    return [globalRecord.shard(keyspace, name), json];
  };
  const [command = '', keyspace = ''] = dump.split('-');
  switch (command) {
    case 'GetShard':
      return [shard(object)];
    case 'FindAllShardsInKeyspace':
      return Object.values(object['shards'] as Json).map(shard);
    case 'GetVSchema':
      return [[globalRecord.vschema(keyspace), object]];
    case 'GetSrvVSchemas':
      return ofCells(cellRecord.srvVSchema);
    case 'GetSrvKeyspaces':
      return ofCells((cell) => cellRecord.srvKeyspace(cell, keyspace));
    case 'GetKeyspaces':
      return (value as { name: string; keyspace: unknown }[]).map((entry) => [
        globalRecord.keyspace(entry.name),
        entry.keyspace,
      ]);
    case 'GetTablets':
      return (value as { alias: { cell: string; uid: number } }[]).map((entry) => {
        const { cell, uid } = entry.alias;
        return [cellRecord.tablet(cell, `${cell}-${String(uid).padStart(10, '0')}`), entry];
      });
    case 'GetRoutingRules':
      return [[globalRecord.routingRules, object]];
    case 'GetShardRoutingRules':
      return [[globalRecord.shardRoutingRules, object]];
    case 'GetKeyspaceRoutingRules':
      return [[globalRecord.keyspaceRoutingRules, object]];
    case 'GetMirrorRules':
      return [[globalRecord.mirrorRules, object]];
    default:
      return [];
  }
}

function schemaOf(record: RecordId): { kind: string; schema: DescMessage } {
  const kind = recordKind(record);
  assert.ok(kind !== undefined);
  return { kind, schema: recordSchemas[kind] };
}

describe('what vtctldclient printed', () => {
  for (const capture of captureNames) {
    const data = loadCapture(capture);
    const records = readDumps(capture)
      .filter(({ name }) => /^(Get(?!CellInfo)|FindAll).*\.json$/.test(name))
      .flatMap(({ name }) => printed(capture, name.replace('.json', '')));

    it(`is what the records of ${capture} decode to`, () => {
      const names = new Set(records.map(([record]) => `${record.cell ?? ''}/${record.path}`));
      assert.ok(names.size >= 14, `only ${names.size} records are printed`);
      for (const [record, json] of records) {
        const { kind, schema } = schemaOf(record);
        const reading = recordFromJson(schema, json);
        assert.equal(reading.status, 'loaded', record.path);
        const bytes = bytesOf(data, record) ?? new Uint8Array();
        assert.deepEqual(walkMessage(kind, encode(schema, reading.value)), walkMessage(kind, bytes), record.path);
        const decoded = decode(schema, bytes);
        assert.ok(decoded.status === 'loaded' && sameMessage(schema, decoded.value, reading.value), record.path);
      }
    });

    it(`has every field that the records of ${capture} show as JSON, in the same spelling`, () => {
      for (const [record, json] of records) {
        const { schema } = schemaOf(record);
        const decoded = decode(schema, bytesOf(data, record) ?? new Uint8Array());
        assert.equal(decoded.status, 'loaded', record.path);
        const ours: unknown = JSON.parse(recordToJson(schema, decoded.value));
        assertWithin(ours, json, record.path);
      }
    });
  }
});

/** Every value of ours is also in theirs; Go's encoding/json prints enums and 64-bit numbers as numbers and leaves zeros out. */
function assertWithin(ours: unknown, theirs: unknown, at: string): void {
  if (Array.isArray(ours)) {
    ours.forEach((entry, index) => assertWithin(entry, (theirs as unknown[] | undefined)?.[index], `${at}.${index}`));
  } else if (typeof ours === 'object' && ours !== null) {
    for (const [key, entry] of Object.entries(ours))
      assertWithin(entry, (theirs as Json | undefined)?.[key], `${at}.${key}`);
  } else if (typeof theirs === 'number' && typeof ours === 'string') {
    const asNumber = { PRIMARY: 1, REPLICA: 2, RDONLY: 3 }[ours] ?? Number(ours);
    assert.equal(asNumber, theirs, at);
  } else if (theirs === undefined) {
    assert.ok(
      ours === false || ours === '' || ours === 0,
      `${at} is ${String(ours)}, and vtctldclient printed nothing`,
    );
  } else {
    assert.equal(ours, theirs, at);
  }
}
