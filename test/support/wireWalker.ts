/**
 * A slow protobuf reader that shares nothing with the product: it says whether
 * bytes are sound, and gives a form in which two encodings of one message are equal.
 */
import { shapes, type FieldShape } from './wireShapes.ts';

/** A message with its fields by number: known ones decoded, unknown ones as hex with their wire type. */
export interface WalkedMessage {
  readonly [field: string]: WalkedValue | readonly WalkedValue[];
}
export type WalkedValue = string | WalkedMessage;

/** Reads a message; throws at whatever Vitess's decoder would refuse. */
export function walkMessage(shapeName: string, bytes: Uint8Array): WalkedMessage {
  const shape = shapes[shapeName];
  if (shape === undefined) throw new Error(`no shape of ${shapeName}`);
  const known = new Map<number, WalkedValue[]>();
  const unknown: string[] = [];
  for (const raw of rawFields(bytes)) {
    const fieldShape = shape[raw.number];
    if (fieldShape === undefined) {
      unknown.push(`${raw.number}/${raw.wireType}:${hex(raw.content)}`);
      continue;
    }
    const values = known.get(raw.number) ?? [];
    known.set(raw.number, values);
    values.push(...walkField(fieldShape, raw));
  }
  const fields = [...known].flatMap(([number, values]) => fieldEntries(number, shape[number] ?? '', values));
  return Object.fromEntries([...fields, ...unknownEntries(unknown)]);
}

/** Says why bytes are not such a message; undefined when they are. */
export function wireProblem(shapeName: string, bytes: Uint8Array): string | undefined {
  try {
    walkMessage(shapeName, bytes);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function fieldEntries(
  number: number,
  shape: FieldShape,
  values: WalkedValue[],
): [string, WalkedValue | WalkedValue[]][] {
  if (shape.startsWith('map<')) {
    // The last of two entries with one key counts, and order means nothing.
    const byKey = new Map(values.map((entry) => [JSON.stringify((entry as WalkedMessage)['key']), entry]));
    return [[String(number), [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)]];
  }
  if (shape.endsWith('[]')) return [[String(number), values]];
  const last = values.at(-1);
  // A scalar's zero is the same as its absence.
  return last === undefined || isZero(shape, last) ? [] : [[String(number), last]];
}

function unknownEntries(unknown: readonly string[]): [string, string[]][] {
  return unknown.length === 0 ? [] : [['unknown', [...unknown]]];
}

function isZero(shape: FieldShape, value: WalkedValue): boolean {
  if (shape === 'string' || shape === 'bytes') return value === '';
  return ['varint', 'bool', 'float', 'double'].includes(shape) && typeof value === 'string' && /^0*$/.test(value);
}

interface RawField {
  readonly number: number;
  readonly wireType: number;
  readonly content: Uint8Array;
}

function walkField(shape: FieldShape, raw: RawField): WalkedValue[] {
  const element = shape.replace('[]', '');
  if (element.startsWith('map<')) return [walkMapEntry(element.slice(4, -1), raw)];
  return [walkValue(element, raw)];
}

function walkMapEntry(valueShape: string, raw: RawField): WalkedMessage {
  expectWireType(raw, 2);
  let key: WalkedValue = '';
  let value: WalkedValue = valueShape in shapes ? {} : '';
  for (const field of rawFields(raw.content)) {
    if (field.number === 1) key = walkValue('string', field);
    else if (field.number === 2) value = walkValue(valueShape, field);
    else throw new Error(`a map entry has a field ${field.number}`);
  }
  return { key, value: typeof value === 'string' && isZero(valueShape, value) ? '' : value };
}

function walkValue(shape: FieldShape, raw: RawField): WalkedValue {
  switch (shape) {
    case 'varint':
    case 'bool':
    case 'presence':
      expectWireType(raw, 0);
      return readVarint(raw.content, 0).value.toString();
    case 'float':
      expectWireType(raw, 5);
      return hex(raw.content);
    case 'double':
      expectWireType(raw, 1);
      return hex(raw.content);
    case 'bytes':
      expectWireType(raw, 2);
      return hex(raw.content);
    case 'string':
      expectWireType(raw, 2);
      new TextDecoder('utf-8', { fatal: true }).decode(raw.content);
      return hex(raw.content);
    default:
      expectWireType(raw, 2);
      return walkMessage(shape, raw.content);
  }
}

function expectWireType({ number, wireType }: RawField, expected: number): void {
  if (wireType !== expected) throw new Error(`field ${number} has wire type ${wireType}, not ${expected}`);
}

function rawFields(bytes: Uint8Array): RawField[] {
  const fields: RawField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const field = readField(bytes, at, 0);
    if (field.wireType === 4) throw new Error('a group ends that did not start');
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function readField(bytes: Uint8Array, start: number, depth: number): RawField & { end: number } {
  const tag = readVarint(bytes, start);
  if (tag.end - start > 5 || tag.value >= 1n << 32n || tag.value >> 3n === 0n) throw new Error(`bad tag at ${start}`);
  const number = Number(tag.value >> 3n);
  const wireType = Number(tag.value & 7n);
  const { from, end } = valueExtent(bytes, { at: tag.end, number, wireType, depth });
  if (end > bytes.length) throw new Error(`field ${number} ends after its message`);
  return { number, wireType, content: bytes.subarray(from, end), end };
}

interface ValueStart {
  readonly at: number;
  readonly number: number;
  readonly wireType: number;
  readonly depth: number;
}

function valueExtent(bytes: Uint8Array, { at, number, wireType, depth }: ValueStart): { from: number; end: number } {
  switch (wireType) {
    case 0:
      return { from: at, end: readVarint(bytes, at).end };
    case 1:
      return { from: at, end: at + 8 };
    case 2: {
      const length = readVarint(bytes, at);
      if (length.value > BigInt(bytes.length)) throw new Error(`field ${number} is too long`);
      return { from: length.end, end: length.end + Number(length.value) };
    }
    case 3: {
      if (depth >= 64) throw new Error('groups are nested too deep');
      let next = at;
      for (;;) {
        if (next >= bytes.length) throw new Error(`the group ${number} does not end`);
        const inner = readField(bytes, next, depth + 1);
        next = inner.end;
        if (inner.wireType !== 4) continue;
        if (inner.number !== number) throw new Error(`the group ${number} ends as ${inner.number}`);
        return { from: at, end: next };
      }
    }
    case 4:
      return { from: at, end: at };
    case 5:
      return { from: at, end: at + 4 };
    default:
      throw new Error(`wire type ${wireType}`);
  }
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new Error('a varint does not end');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte >= 0x80) continue;
    if (value >= 1n << 64n) throw new Error('a varint is longer than 64 bits');
    return { value, end: start + index + 1 };
  }
  throw new Error('a varint is longer than 64 bits');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
