import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { decode, encode } from '../../src/records/decode.ts';
import { ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { KeyspaceSchema as VSchemaSchema, RoutingRulesSchema, TableSchema } from '../../src/records/gen/vschema_pb.js';
import { recordFromJson, recordToJson } from '../../src/records/recordJson.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import type { RecordKind } from '../../src/records/topoKey.ts';
import { arbitraryMessage } from '../support/arbitraryWire.ts';
import { walkMessage, type WalkedMessage, type WalkedValue } from '../support/wireWalker.ts';

const kinds = Object.keys(recordSchemas) as RecordKind[];

describe('recordToJson', () => {
  it('writes snake_case names, enum names and the empty lists of a Shard', () => {
    const shard = create(ShardSchema, { isPrimaryServing: true });
    assert.deepEqual(JSON.parse(recordToJson(ShardSchema, shard)), {
      source_shards: [],
      tablet_controls: [],
      is_primary_serving: true,
    });
    const denying = create(ShardSchema, { tabletControls: [{ tabletType: TabletType.PRIMARY, deniedTables: ['t'] }] });
    assert.match(recordToJson(ShardSchema, denying), /"tablet_type": "PRIMARY"/);
  });

  it('keeps a table that is called __proto__', () => {
    const vschema = create(VSchemaSchema);
    Object.defineProperty(vschema.tables, '__proto__', { value: create(TableSchema), enumerable: true });
    const json = recordToJson(VSchemaSchema, vschema);
    assert.match(json, /"__proto__": \{/);
    const read = recordFromJson(VSchemaSchema, JSON.parse(json));
    assert.ok(read.status === 'loaded');
    assert.deepEqual(Object.keys(read.value.tables), ['__proto__']);
  });
});

describe('recordFromJson', () => {
  const shard = { primary_alias: { cell: 'zone1', uid: 100 }, key_range: { end: 'gA==' }, is_primary_serving: true };
  const control = { denied_tables: ['t'] };

  it('reads protojson with enum names and nulls, encoding/json with enum numbers, and camelCase alike', () => {
    const dialects = [
      {
        ...shard,
        tablet_controls: [{ ...control, tablet_type: 'PRIMARY', cells: [] }],
        vtorc_state: null,
        source_shards: [],
      },
      { ...shard, tablet_controls: [{ ...control, tablet_type: 1 }] },
      {
        primaryAlias: shard.primary_alias,
        keyRange: shard.key_range,
        isPrimaryServing: true,
        tabletControls: [{ tabletType: 'PRIMARY', deniedTables: ['t'] }],
      },
      { ...shard, tablet_controls: [{ ...control, tablet_type: 'MASTER' }] },
    ].map((json) => {
      const reading = recordFromJson(ShardSchema, json);
      assert.equal(reading.status, 'loaded');
      return Buffer.from(encode(ShardSchema, reading.value)).toString('hex');
    });
    assert.equal(new Set(dialects).size, 1);
  });

  it('passes over the fields of newer releases', () => {
    const reading = recordFromJson(RoutingRulesSchema, { rules: [{ from_table: 't', weight: 3 }], version: 2 });
    assert.ok(reading.status === 'loaded');
    assert.equal(reading.value.rules[0]?.fromTable, 't');
  });

  for (const [what, json] of [
    ['a list', []],
    ['a number', 7],
    ['null', null],
    ['undefined', undefined],
    ['a text where a list belongs', { rules: 'all' }],
    ['a number where a name belongs', { rules: [{ from_table: 3 }] }],
  ] as const) {
    it(`fails for ${what}`, () => {
      const reading = recordFromJson(RoutingRulesSchema, json);
      assert.equal(reading.status, 'failed');
      assert.match(reading.reason, /it is not a vschema.RoutingRules in JSON/);
    });
  }

  it('never throws for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(...kinds), (text, kind) => {
        recordFromJson(recordSchemas[kind], JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  for (const kind of kinds) {
    it(`gives back any ${kind} that recordToJson wrote, without the unknown fields`, () => {
      fc.assert(
        fc.property(arbitraryMessage(kind), (bytes) => {
          const reading = decode(recordSchemas[kind], bytes);
          assert.ok(reading.status === 'loaded');
          // JSON has no negative zero that JSON.stringify would print.
          fc.pre(!/"0{6}(0{8})?80"/.test(JSON.stringify(walkMessage(kind, bytes))));
          const again = recordFromJson(
            recordSchemas[kind],
            JSON.parse(recordToJson(recordSchemas[kind], reading.value)),
          );
          assert.ok(again.status === 'loaded', again.status === 'failed' ? again.reason : '');
          const walked = walkMessage(kind, encode(recordSchemas[kind], again.value));
          assert.deepEqual(walked, withoutUnknown(walkMessage(kind, bytes)));
        }),
        { numRuns: 60 },
      );
    });
  }
});

function withoutUnknown(message: WalkedMessage): WalkedMessage {
  const known = Object.entries(message).filter(([field]) => field !== 'unknown');
  return Object.fromEntries(
    known.map(([field, value]) => [field, Array.isArray(value) ? value.map(cleared) : cleared(value as WalkedValue)]),
  );
}

function cleared(value: WalkedValue): WalkedValue {
  return typeof value === 'string' ? value : withoutUnknown(value);
}
