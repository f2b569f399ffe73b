import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clone, create, toBinary } from '@bufbuild/protobuf';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyRecord } from '../../src/model/topologyData.ts';
import { decode } from '../../src/records/decode.ts';
import {
  KeyspaceSchema as VSchemaSchema,
  RoutingRulesSchema,
  SrvVSchemaSchema,
  TableSchema,
  VindexSchema,
  type Keyspace as VSchema,
} from '../../src/records/gen/vschema_pb.js';
import { readRecord, type RecordsByPath } from '../../src/records/recordReader.ts';
import { decodeSrvVSchema } from '../../src/records/srvVSchema.ts';
import { corrupted } from '../support/corruption.ts';

const table = { columnVindexes: [{ column: 'id', name: 'hash' }] };
const vschema = create(VSchemaSchema, {
  sharded: true,
  vindexes: { hash: { type: 'hash' }, lookup: { type: 'lookup', params: { from: 'a', to: 'b' } } },
  tables: { a: table, b: { ...table, pinned: '00' }, c: {} },
});
const other = create(VSchemaSchema, { tables: { a: {} } });
const rules = create(RoutingRulesSchema, { rules: [{ fromTable: 'a', toTables: ['ks.a'] }] });

function records(...stored: readonly (readonly [string, Uint8Array])[]): RecordsByPath {
  return new Map(stored.map(([path, value]): [string, TopologyRecord] => [path, { path, value }]));
}

const global = records(
  [globalRecord.vschema('ks').path, toBinary(VSchemaSchema, vschema)],
  [globalRecord.vschema('other').path, toBinary(VSchemaSchema, other)],
  [globalRecord.vschema('broken').path, Uint8Array.of(0xff)],
  [globalRecord.routingRules.path, toBinary(RoutingRulesSchema, rules)],
);

function stored(keyspace: string): VSchema | undefined {
  const reading = readRecord(global, globalRecord.vschema(keyspace), { schema: VSchemaSchema }, []);
  return reading.status === 'loaded' ? reading.value : undefined;
}

/** The same messages with the entries of every map in another order, as Vitess writes them each time. */
function permuted({ tables, vindexes, ...rest }: VSchema): VSchema {
  const turned = <T>(map: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(map).reverse());
  return create(VSchemaSchema, { ...rest, tables: turned(tables), vindexes: turned(vindexes) });
}

function sharedOf(bytes: Uint8Array): string[] {
  const decoded = decodeSrvVSchema(bytes, global);
  assert.ok(decoded.status === 'loaded');
  return Object.entries(decoded.value.keyspaces).flatMap(([name, value]) => (value === stored(name) ? [name] : []));
}

function assertSame(bytes: Uint8Array): void {
  assert.deepEqual(decodeSrvVSchema(bytes, global), decode(SrvVSchemaSchema, bytes));
}

const message = create(SrvVSchemaSchema, {
  keyspaces: { other, ks: permuted(vschema), added: create(VSchemaSchema, { sharded: true }) },
  routingRules: rules,
  mirrorRules: { rules: [{ fromTable: 'a', toTable: 'b', percent: 1 }] },
});
const whole = toBinary(SrvVSchemaSchema, message);

describe('decodeSrvVSchema', () => {
  it('decodes as any message is decoded, keyspaces in their order', () => {
    assertSame(whole);
    const decoded = decodeSrvVSchema(whole, global);
    assert.deepEqual(decoded.status === 'loaded' && Object.keys(decoded.value.keyspaces), ['other', 'ks', 'added']);
    assertSame(new Uint8Array());
  });

  it('shares with the global records what is a copy of them, in whatever order its maps are written', () => {
    assert.deepEqual(sharedOf(whole), ['other', 'ks']);
    const decoded = decodeSrvVSchema(whole, global);
    const reading = readRecord(global, globalRecord.routingRules, { schema: RoutingRulesSchema }, []);
    assert.ok(decoded.status === 'loaded' && reading.status === 'loaded');
    assert.equal(decoded.value.routingRules, reading.value);
  });

  it('does not share what differs', () => {
    const pinned = create(TableSchema, { pinned: '1' });
    const changes: readonly ((changed: VSchema) => void)[] = [
      (changed) => (changed.sharded = false),
      ({ tables }) => (tables['c'] = pinned),
      ({ tables }) =>
        ([tables['b'], tables['c']] = [create(TableSchema), create(TableSchema, { ...table, pinned: '00' })]),
      ({ vindexes }) => (vindexes['lookup'] = create(VindexSchema, { type: 'lookup', params: { from: 'b', to: 'a' } })),
    ];
    for (const change of changes) {
      const changed = clone(VSchemaSchema, vschema);
      change(changed);
      const bytes = toBinary(SrvVSchemaSchema, create(SrvVSchemaSchema, { keyspaces: { ks: changed } }));
      assert.deepEqual(sharedOf(bytes), []);
      assertSame(bytes);
    }
  });

  it('takes the last of two entries of one name', () => {
    const one = toBinary(SrvVSchemaSchema, create(SrvVSchemaSchema, { keyspaces: { ks: vschema } }));
    const two = toBinary(SrvVSchemaSchema, create(SrvVSchemaSchema, { keyspaces: { ks: other } }));
    assertSame(Buffer.concat([one, two]));
    assertSame(Buffer.concat([whole, whole]));
  });

  it('does not call a VSchema the same whose tables come twice', () => {
    const entry = (tables: Record<string, object>): Uint8Array =>
      toBinary(VSchemaSchema, create(VSchemaSchema, { tables }));
    const twice = Buffer.concat([entry({ a: {} }), entry({ a: { pinned: '0' } })]);
    const turned = Buffer.concat([entry({ a: { pinned: '0' } }), entry({ a: {} })]);
    const twiceStored = records([globalRecord.vschema('ks').path, twice]);
    const carrying = Buffer.concat([
      Buffer.of(0x0a, 6 + turned.length, 0x0a, 2),
      Buffer.from('ks'),
      Buffer.of(0x12, turned.length),
      turned,
    ]);
    assert.deepEqual(decodeSrvVSchema(carrying, twiceStored), decode(SrvVSchemaSchema, carrying));
  });

  it('says of broken bytes what any decoder says', () => {
    fc.assert(fc.property(corrupted(fc.constant(whole)), assertSame), { numRuns: 3000 });
  });
});
