import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

const maximumDepth = 64;

/**
 * Says what is wrong with the wire form of a message; undefined when it is
 * sound. The protobuf library reads leniently (a length may reach past its
 * parent, a field may come with another wire type), and bytes that are read
 * leniently would look like a healthy record.
 */
export function checkWire(schema: DescMessage, bytes: Uint8Array, depth = 0): string | undefined {
  if (depth > maximumDepth) return `${schema.name} is nested deeper than ${maximumDepth} levels`;
  const fields = fieldsOf(schema);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    if (field === undefined) {
      reader.skip(wireType, number);
    } else {
      const problem = checkField(field, wireType, reader, depth);
      if (problem !== undefined) return problem;
    }
    if (reader.pos > reader.len) return `field ${number} of ${schema.name} ends after the record`;
  }
  return undefined;
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

function checkField(field: DescField, wireType: WireType, reader: BinaryReader, depth: number): string | undefined {
  const packed = isPackable(field) && wireType === WireType.LengthDelimited;
  if (!packed && wireType !== wireTypeOf(field)) {
    return `field ${field.name} of ${field.parent.name} has wire type ${wireType}, expected ${wireTypeOf(field)}`;
  }
  if (wireType !== WireType.LengthDelimited) {
    reader.skip(wireType, field.number);
    return undefined;
  }
  const content = reader.bytes();
  if (field.message !== undefined && field.fieldKind !== 'map') return checkWire(field.message, content, depth + 1);
  if (field.fieldKind === 'map') return checkMapEntry(field, content, depth);
  if (packed) return checkPacked(field, content);
  return undefined;
}

function checkMapEntry(field: DescField & { fieldKind: 'map' }, entry: Uint8Array, depth: number): string | undefined {
  const reader = new BinaryReader(entry);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const expected = number === 1 ? wireTypeOfScalar(field.mapKey) : number === 2 ? valueWireType(field) : undefined;
    if (expected === undefined) {
      // The library drops unknown fields of a map entry, so rewriting such a record would lose them.
      return `an entry of ${field.name} has the unknown field ${number}`;
    }
    if (wireType !== expected) return `an entry of ${field.name} has wire type ${wireType}, expected ${expected}`;
    if (number === 2 && field.message !== undefined) {
      const problem = checkWire(field.message, reader.bytes(), depth + 1);
      if (problem !== undefined) return problem;
    } else {
      reader.skip(wireType, number);
    }
    if (reader.pos > reader.len) return `an entry of ${field.name} ends after the field`;
  }
  return undefined;
}

function checkPacked(field: DescField, content: Uint8Array): string | undefined {
  const reader = new BinaryReader(content);
  while (reader.pos < reader.len) reader.skip(wireTypeOf(field), field.number);
  return reader.pos === reader.len ? undefined : `the list ${field.name} ends after the field`;
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
  if (field.enum !== undefined || field.scalar === undefined) return WireType.Varint;
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
