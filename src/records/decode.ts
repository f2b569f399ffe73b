import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { createRegistry, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Decoded } from '../model/reading.ts';
import { checkWire } from './wireCheck.ts';

const noExtensions = createRegistry();

/** Decodes a record. Never throws: bytes that are not exactly such a message are a failed reading. */
export function decode<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): Decoded<MessageShape<Desc>> {
  try {
    const problem = checkWire(schema, bytes);
    if (problem !== undefined) return undecodable(schema, bytes, problem);
    return { status: 'loaded', value: fromBinary(schema, bytes) };
  } catch (error) {
    return undecodable(schema, bytes, error instanceof Error ? error.message : String(error));
  }
}

function undecodable(schema: DescMessage, bytes: Uint8Array, problem: string): Decoded<never> {
  return { status: 'failed', reason: `its ${bytes.length} bytes do not decode as ${schema.typeName}: ${problem}` };
}

/** Encodes a message; fields that were unknown when it was decoded are written back. */
export function encode<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Uint8Array {
  return toBinary(schema, message);
}

/** True when two messages mean the same, unknown fields included; the order of map entries does not count. */
export function sameMessage<Desc extends DescMessage>(
  schema: Desc,
  a: MessageShape<Desc>,
  b: MessageShape<Desc>,
): boolean {
  return equals(schema, a, b, { registry: noExtensions, unknown: true });
}
