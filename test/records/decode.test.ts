import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decode } from '../../src/records/decode.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import type { RecordKind } from '../../src/records/topoKey.ts';
import { arbitraryMessage } from '../support/arbitraryWire.ts';
import { wireProblem } from '../support/wireWalker.ts';
import { wireBytes, wireDelimited, wireField, wireNumber, wireVarint } from '../support/wireWriter.ts';

const kinds = Object.keys(recordSchemas) as RecordKind[];

function failure(kind: RecordKind, bytes: Uint8Array): string {
  const reading = decode(recordSchemas[kind], bytes);
  assert.equal(reading.status, 'failed');
  return reading.reason;
}

describe('decode', () => {
  const overlong = Uint8Array.from([...Array.from({ length: 10 }, () => 0xff), 1]);
  const broken: readonly [string, RecordKind, Uint8Array, RegExp][] = [
    ['a tag without a value', 'Shard', Uint8Array.of(0x38), /ends inside a number/],
    ['a tag of field 0', 'Shard', wireNumber(0, 1), /names no field/],
    ['a tag of more than 32 bits', 'Shard', wireBytes(wireVarint(2 ** 33), Uint8Array.of(0)), /names no field/],
    ['a length past the end', 'Shard', Uint8Array.of(0x0a, 5, 1), /starts 1 bytes before the end/],
    [
      'a length of 2^35, which 32 bits would read as 0',
      'RoutingRules',
      wireBytes(Uint8Array.of(0x0a), wireVarint(2 ** 35)),
      /a value of 34359738368 bytes/,
    ],
    [
      'a message longer than the one around it',
      'Shard',
      wireDelimited(6, Uint8Array.of(0x22, 9, 0x61)),
      /a value of 9 bytes/,
    ],
    ['a number of 11 bytes in a known field', 'Shard', wireField(7, 0, overlong), /longer than 64 bits/],
    ['a number of 11 bytes in an unknown field', 'Shard', wireField(99, 0, overlong), /longer than 64 bits/],
    [
      'a bool written as text',
      'Shard',
      wireDelimited(7, 'x'),
      /is_primary_serving of Shard has wire type 2, expected 0/,
    ],
    ['a message written as a number', 'Shard', wireNumber(1, 1), /primary_alias of Shard has wire type 0, expected 2/],
    ['a denied table that is no UTF-8', 'Shard', wireDelimited(6, wireDelimited(4, Uint8Array.of(0xff, 0xfe))), /./],
    ['a group that does not end', 'Shard', wireField(99, 3, wireNumber(1, 1)), /./],
    [
      'a group that ends as another',
      'Shard',
      wireBytes(wireField(99, 3, new Uint8Array()), wireField(98, 4, new Uint8Array())),
      /group 99 ends as 98/,
    ],
    ['a group that ends and did not start', 'Shard', wireField(99, 4, new Uint8Array()), /nothing starts with/],
    ['wire type 6', 'Shard', wireNumber(0, 0).map(() => 0x0e), /./],
    ['a percentage of two bytes', 'MirrorRules', wireDelimited(1, Uint8Array.of(0x1d, 1, 2)), /a value of 4 bytes/],
    [
      'a map entry with a field that is neither key nor value',
      'Tablet',
      wireDelimited(4, wireNumber(3, 1)),
      /unknown field 3/,
    ],
    [
      'a map value of another wire type',
      'Tablet',
      wireDelimited(4, wireDelimited(2, 'x')),
      /an entry of port_map has wire type 2/,
    ],
    [
      'a VSchema inside SrvVSchema that is cut',
      'SrvVSchema',
      wireDelimited(1, wireDelimited(2, Uint8Array.of(0x1a, 4, 0))),
      /./,
    ],
  ];
  for (const [what, kind, bytes, reason] of broken) {
    it(`fails for ${what}`, () => {
      const message = failure(kind, bytes);
      assert.match(message, reason);
      assert.match(message, new RegExp(`its ${bytes.length} bytes do not decode as `));
    });
  }

  it('reads a multi-tenant VSchema, whose tenant column type is a number', () => {
    const spec = wireBytes(wireDelimited(1, 'tenant_id'), wireNumber(2, 265));
    const reading = decode(recordSchemas.VSchema, wireDelimited(6, spec));
    assert.ok(reading.status === 'loaded');
    assert.equal(reading.value.multiTenantSpec?.tenantIdColumnType, 265);
  });

  it('keeps map keys that are special in JavaScript as keys', () => {
    const table = (name: string): Uint8Array =>
      wireDelimited(3, wireBytes(wireDelimited(1, name), wireDelimited(2, '')));
    const reading = decode(
      recordSchemas.VSchema,
      wireBytes(table('__proto__'), table('constructor'), table('toString')),
    );
    assert.ok(reading.status === 'loaded');
    assert.deepEqual(Object.keys(reading.value.tables).sort(), ['__proto__', 'constructor', 'toString']);
    assert.equal(Object.getPrototypeOf(reading.value.tables), Object.prototype);
  });

  for (const kind of kinds) {
    it(`reads any sound ${kind} and no broken one`, () => {
      const mutated = fc
        .tuple(arbitraryMessage(kind), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(3))
        .map(([bytes, changes, cut]) => {
          const copy = bytes.slice(0, Math.max(0, bytes.length - cut));
          for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
          return copy;
        });
      fc.assert(
        fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 12 })), (bytes) => {
          const problem = wireProblem(kind, bytes);
          const reading = decode(recordSchemas[kind], bytes);
          assert.equal(reading.status, problem === undefined ? 'loaded' : 'failed', problem);
        }),
        { numRuns: 300 },
      );
    });
  }
});
