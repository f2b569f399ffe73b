import fc from 'fast-check';
import { shapes, type FieldShape } from './wireShapes.ts';
import { wireBytes, wireDelimited, wireField, wireNumber } from './wireWriter.ts';

/** Names that are special somewhere in JavaScript, in keys or in patterns. */
export const hostileNames: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'customer',
  '',
  '0',
  '-80',
  'a.b',
  'a@replica',
  'größe·表',
  '\u2028',
  'x'.repeat(300),
];

const text = fc.oneof(fc.constantFrom(...hostileNames), fc.string({ unit: 'binary', maxLength: 8 }));

/** A field that no release knows, in each way that a value can be written. */
const unknownField = fc
  .tuple(fc.constantFrom(15, 99, 5000), fc.uint8Array({ maxLength: 6 }))
  .chain(([number, content]) =>
    fc.constantFrom(
      wireNumber(number, content.length),
      wireDelimited(number, content),
      wireField(number, 1, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
      wireField(number, 5, Uint8Array.of(1, 2, 3, 4)),
      wireBytes(wireField(number, 3, wireNumber(1, 7)), wireField(number, 4, new Uint8Array())),
    ),
  );

/** The bytes of any message of a shape, with unknown fields at every level. */
export function arbitraryMessage(shapeName: string): fc.Arbitrary<Uint8Array> {
  const fields = Object.entries(shapes[shapeName] ?? {}).map(([number, shape]) =>
    arbitraryField(Number(number), shape),
  );
  const parts = fc.tuple(
    ...fields,
    fc.array(unknownField, { maxLength: 2 }).map((unknown) => wireBytes(...unknown)),
  );
  return parts.map((all) => wireBytes(...all));
}

/** A field none, one or, for a list or a map, several times. */
function arbitraryField(number: number, shape: FieldShape): fc.Arbitrary<Uint8Array> {
  const several = shape.endsWith('[]') || shape.startsWith('map<');
  const element = shape.replace('[]', '');
  return fc.array(arbitraryElement(number, element), { maxLength: several ? 3 : 1 }).map((all) => wireBytes(...all));
}

function arbitraryElement(number: number, shape: FieldShape): fc.Arbitrary<Uint8Array> {
  if (!shape.startsWith('map<')) return arbitraryValue(number, shape);
  return fc.tuple(text, arbitraryValue(2, shape.slice(4, -1))).map(([key, value]) => {
    return wireDelimited(number, wireBytes(wireDelimited(1, key), value));
  });
}

function arbitraryValue(number: number, shape: FieldShape): fc.Arbitrary<Uint8Array> {
  switch (shape) {
    case 'varint':
      return fc.nat().map((value) => wireNumber(number, value));
    case 'bool':
    case 'presence':
      return fc.boolean().map((value) => wireNumber(number, value ? 1 : 0));
    case 'float':
      return fc
        .float({ noNaN: true })
        .map((value) => wireField(number, 5, new Uint8Array(Float32Array.of(value).buffer)));
    case 'double':
      return fc
        .double({ noNaN: true })
        .map((value) => wireField(number, 1, new Uint8Array(Float64Array.of(value).buffer)));
    case 'bytes':
      return fc.uint8Array({ maxLength: 4 }).map((value) => wireDelimited(number, value));
    case 'string':
      return text.map((value) => wireDelimited(number, value));
    default:
      return arbitraryMessage(shape).map((value) => wireDelimited(number, value));
  }
}
