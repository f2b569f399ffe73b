import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { WireCursor, type WireTag } from './wireCursor.ts';

const maximumDepth = 64;

/**
 * Says what is wrong with the wire form of a message; undefined when it is
 * sound. The protobuf library reads leniently (a length may reach past its
 * parent, a field may come with another wire type), and bytes that are read
 * leniently would look like a healthy record.
 */
export function checkWire(schema: DescMessage, bytes: Uint8Array): string | undefined {
  try {
    checkMessage(schema, bytes, 0);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checkMessage(schema: DescMessage, bytes: Uint8Array, depth: number): void {
  if (depth > maximumDepth) throw new Error(`${schema.name} is nested deeper than ${maximumDepth} levels`);
  const fields = fieldsOf(schema);
  const cursor = new WireCursor(bytes);
  while (!cursor.atEnd) {
    const tag = cursor.tag();
    const field = fields.get(tag.number);
    if (field === undefined) cursor.skip(tag);
    else checkField(field, tag, cursor, depth);
  }
}

const fieldsBySchema = new WeakMap<DescMessage, Map<number, DescField>>();

function fieldsOf(schema: DescMessage): Map<number, DescField> {
  let fields = fieldsBySchema.get(schema);
  if (fields === undefined) {
    fields = new Map(schema.fields.map((field) => [field.number, field]));
    fieldsBySchema.set(schema, fields);
  }
  return fields;
}

function checkField(field: DescField, tag: WireTag, cursor: WireCursor, depth: number): void {
  const packed = isPackable(field) && tag.wireType === WireType.LengthDelimited;
  if (!packed) expectWireType(tag, wireTypeOf(field), `field ${field.name} of ${field.parent.name}`);
  if (packed) checkPacked(field, tag, cursor.content());
  else if (field.fieldKind === 'map') checkMapEntry(field, cursor.content(), depth);
  else if (field.message !== undefined) checkMessage(field.message, cursor.content(), depth + 1);
  else cursor.skip(tag);
}

function checkMapEntry(field: DescField & { fieldKind: 'map' }, entry: Uint8Array, depth: number): void {
  const cursor = new WireCursor(entry);
  while (!cursor.atEnd) {
    const tag = cursor.tag();
    const expected =
      tag.number === 1 ? wireTypeOfScalar(field.mapKey) : tag.number === 2 ? valueWireType(field) : undefined;
    if (expected === undefined) {
      // The library drops unknown fields of a map entry, so rewriting such a record would lose them.
      throw new Error(`an entry of ${field.name} has the unknown field ${tag.number}`);
    }
    expectWireType(tag, expected, `an entry of ${field.name}`);
    if (tag.number === 2 && field.message !== undefined) checkMessage(field.message, cursor.content(), depth + 1);
    else cursor.skip(tag);
  }
}

function checkPacked(field: DescField, { number }: WireTag, content: Uint8Array): void {
  const cursor = new WireCursor(content);
  while (!cursor.atEnd) cursor.skip({ number, wireType: wireTypeOf(field) });
}

function expectWireType({ wireType }: WireTag, expected: WireType, what: string): void {
  if (wireType !== expected) throw new Error(`${what} has wire type ${wireType}, expected ${expected}`);
}

function isPackable(field: DescField): boolean {
  if (field.fieldKind !== 'list' || field.listKind === 'message') return false;
  return field.listKind === 'enum' || (field.scalar !== ScalarType.STRING && field.scalar !== ScalarType.BYTES);
}

function valueWireType(field: DescField & { fieldKind: 'map' }): WireType {
  if (field.mapKind === 'message') return WireType.LengthDelimited;
  return field.mapKind === 'enum' ? WireType.Varint : wireTypeOfScalar(field.scalar);
}

function wireTypeOf(field: DescField): WireType {
  if (field.fieldKind === 'map' || field.message !== undefined) return WireType.LengthDelimited;
  if (field.enum !== undefined) return WireType.Varint;
  return wireTypeOfScalar(field.scalar);
}

function wireTypeOfScalar(scalar: ScalarType): WireType {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}
