import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decode, encode, sameMessage } from '../../src/records/decode.ts';
import { unknownFieldNumbers } from '../../src/records/recordJson.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import type { RecordKind } from '../../src/records/topoKey.ts';
import { arbitraryMessage } from '../support/arbitraryWire.ts';
import { walkMessage } from '../support/wireWalker.ts';
import { wireBytes, wireDelimited, wireNumber } from '../support/wireWriter.ts';

const kinds = Object.keys(recordSchemas) as RecordKind[];
/** As a release that this project does not know might write them. */
const unknown = wireBytes(wireNumber(99, 7), wireDelimited(100, 'new'));

function reencoded(kind: RecordKind, bytes: Uint8Array): Uint8Array {
  const reading = decode(recordSchemas[kind], bytes);
  assert.equal(reading.status, 'loaded', reading.status === 'failed' ? reading.reason : '');
  return encode(recordSchemas[kind], reading.value);
}

describe('a decoded record', () => {
  const cases: readonly [string, RecordKind, Uint8Array][] = [
    ['vtorc_state in a Shard', 'Shard', wireDelimited(9, wireNumber(1, 1))],
    ['fields of a newer Shard', 'Shard', unknown],
    ['fields of a newer TabletControl', 'Shard', wireDelimited(6, wireBytes(wireNumber(1, 1), unknown))],
    [
      'vtorc_state and query_throttler_config in a Keyspace',
      'Keyspace',
      wireBytes(wireDelimited(11, ''), wireDelimited(12, unknown)),
    ],
    ['fields of a newer RoutingRule', 'RoutingRules', wireDelimited(1, wireBytes(wireDelimited(1, 't'), unknown))],
    ['fields of a newer VSchema', 'VSchema', unknown],
    [
      'fields of a newer VSchema inside SrvVSchema',
      'SrvVSchema',
      wireDelimited(1, wireBytes(wireDelimited(1, 'ks'), wireDelimited(2, unknown))),
    ],
    [
      'fields of a newer Table inside SrvVSchema',
      'SrvVSchema',
      wireDelimited(
        1,
        wireBytes(
          wireDelimited(1, 'ks'),
          wireDelimited(2, wireDelimited(3, wireBytes(wireDelimited(1, 't'), wireDelimited(2, unknown)))),
        ),
      ),
    ],
    ['fields of newer rules inside SrvVSchema', 'SrvVSchema', wireDelimited(2, wireDelimited(1, unknown))],
    ['query_throttler_config in a SrvKeyspace', 'SrvKeyspace', wireDelimited(7, unknown)],
    ['fields of a newer shard reference', 'SrvKeyspace', wireDelimited(1, wireDelimited(2, unknown))],
  ];
  for (const [what, kind, bytes] of cases) {
    it(`keeps ${what}`, () => {
      assert.deepEqual(Buffer.from(reencoded(kind, bytes)), Buffer.from(bytes));
    });
  }

  for (const kind of kinds) {
    it(`keeps everything of any ${kind} with unknown fields at every level`, () => {
      fc.assert(
        fc.property(arbitraryMessage(kind), (bytes) => {
          assert.deepEqual(walkMessage(kind, reencoded(kind, bytes)), walkMessage(kind, bytes));
        }),
        { numRuns: 100 },
      );
    });
  }

  it('names the numbers of its unknown fields once each, in order', () => {
    const reading = decode(recordSchemas.Shard, wireBytes(wireNumber(99, 1), wireDelimited(9, 'x'), wireNumber(99, 2)));
    assert.ok(reading.status === 'loaded');
    assert.deepEqual(unknownFieldNumbers(reading.value), [9, 99]);
  });
});

describe('sameMessage', () => {
  const one = wireDelimited(3, wireBytes(wireDelimited(1, 'a'), wireDelimited(2, '')));
  const two = wireDelimited(3, wireBytes(wireDelimited(1, 'b'), wireDelimited(2, '')));
  const read = (bytes: Uint8Array) => {
    const reading = decode(recordSchemas.VSchema, bytes);
    assert.ok(reading.status === 'loaded');
    return reading.value;
  };

  it('does not look at the order of map entries', () => {
    assert.ok(sameMessage(recordSchemas.VSchema, read(wireBytes(one, two)), read(wireBytes(two, one))));
  });

  it('sees an unknown field that only one message has', () => {
    assert.ok(!sameMessage(recordSchemas.VSchema, read(one), read(wireBytes(one, unknown))));
  });

  it('sees a table that only one VSchema has', () => {
    assert.ok(!sameMessage(recordSchemas.VSchema, read(one), read(wireBytes(one, two))));
  });
});
