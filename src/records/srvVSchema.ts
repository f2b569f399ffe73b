/** Decoding of a SrvVSchema that spares what is a copy of the global records. */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import type { Decoded } from '../model/reading.ts';
import { globalRecord, type RecordId } from '../model/record.ts';
import { decode } from './decode.ts';
import type { SrvVSchema } from './gen/vschema_pb.js';
import { readRecord, type RecordsByPath } from './recordReader.ts';
import { recordSchemas } from './recordTypes.ts';
import { isSameVSchema } from './sameVSchema.ts';
import { WireCursor } from './wireCursor.ts';

/** One field of a SrvVSchema as it is written. */
interface Part {
  readonly whole: Uint8Array;
  readonly field: number;
  /** Set for an entry of `keyspaces`, whose VSchema is the content. */
  readonly keyspace: string | undefined;
  readonly content: Uint8Array;
}

const keyspacesField = 1;

/**
 * Decodes a cell's SrvVSchema, as `decode` does. Where it carries what a global
 * record holds, its message is the very one that the record was decoded to:
 * most of the time that is all of it.
 */
export function decodeSrvVSchema(bytes: Uint8Array, global: RecordsByPath): Decoded<SrvVSchema> {
  const parts = partsOf(bytes);
  // Whatever is not written as Vitess writes it is left to the decoder that knows everything.
  if (parts === undefined) return decode(recordSchemas.SrvVSchema, bytes);
  const shared = parts.map((part) => sharedFields(part, global));
  const rest = parts.filter((_, index) => shared[index] === undefined).map(({ whole }) => whole);
  const decoded = decode(recordSchemas.SrvVSchema, new Uint8Array(Buffer.concat(rest)));
  // The failure speaks of all of the record's bytes.
  if (decoded.status === 'failed') return decode(recordSchemas.SrvVSchema, bytes);
  const { value } = decoded;
  const keyspaces = parts.flatMap(({ keyspace }, index) => {
    if (keyspace === undefined) return [];
    const vschema = shared[index]?.keyspaces?.[keyspace] ?? value.keyspaces[keyspace];
    return vschema === undefined ? [] : [[keyspace, vschema] as const];
  });
  for (const fields of shared) Object.assign(value, fields);
  return { status: 'loaded', value: Object.assign(value, { keyspaces: Object.fromEntries(keyspaces) }) };
}

/** The fields in their order; undefined where a name or a field comes twice, or a keyspace is written in another way. */
function partsOf(bytes: Uint8Array): Part[] | undefined {
  const parts: Part[] = [];
  const seen = new Set<string | number>();
  try {
    const cursor = new WireCursor(bytes);
    while (!cursor.atEnd) {
      const start = cursor.offset;
      const tag = cursor.tag();
      if (tag.wireType !== WireType.LengthDelimited) return undefined;
      const content = cursor.content();
      const whole = bytes.subarray(start, cursor.offset);
      const part = { whole, field: tag.number, keyspace: undefined, content };
      const found = tag.number === keyspacesField ? entryOf(part) : part;
      if (found === undefined || seen.has(found.keyspace ?? found.field)) return undefined;
      seen.add(found.keyspace ?? found.field);
      parts.push(found);
    }
    return parts;
  } catch {
    return undefined;
  }
}

/** A map's entry whose key and value come once each and in this order. */
function entryOf({ whole, field, content }: Part): Part | undefined {
  const cursor = new WireCursor(content);
  const [key, name] = [cursor.tag(), cursor.content()];
  const [value, vschema] = [cursor.tag(), cursor.content()];
  const isPlain = key.number === 1 && value.number === 2 && cursor.atEnd;
  const lengths = key.wireType === WireType.LengthDelimited && value.wireType === WireType.LengthDelimited;
  if (!isPlain || !lengths) return undefined;
  const keyspace = Buffer.from(name).toString();
  return Buffer.from(keyspace).equals(name) ? { whole, field, keyspace, content: vschema } : undefined;
}

/** What a part copies of a global record; undefined when it is no copy. */
function sharedFields({ field, keyspace, content }: Part, global: RecordsByPath): Partial<SrvVSchema> | undefined {
  if (keyspace !== undefined) {
    const { VSchema } = recordSchemas;
    const vschema = copied(global, globalRecord.vschema(keyspace), VSchema, (stored, message) =>
      isSameVSchema(content, stored, message),
    );
    return vschema && { keyspaces: { [keyspace]: vschema } };
  }
  const same = (stored: Uint8Array): boolean => Buffer.compare(stored, content) === 0;
  switch (field) {
    case 2: {
      const routingRules = copied(global, globalRecord.routingRules, recordSchemas.RoutingRules, same);
      return routingRules && { routingRules };
    }
    case 3: {
      const shardRoutingRules = copied(global, globalRecord.shardRoutingRules, recordSchemas.ShardRoutingRules, same);
      return shardRoutingRules && { shardRoutingRules };
    }
    case 4: {
      const { KeyspaceRoutingRules } = recordSchemas;
      const keyspaceRoutingRules = copied(global, globalRecord.keyspaceRoutingRules, KeyspaceRoutingRules, same);
      return keyspaceRoutingRules && { keyspaceRoutingRules };
    }
    case 5: {
      const mirrorRules = copied(global, globalRecord.mirrorRules, recordSchemas.MirrorRules, same);
      return mirrorRules && { mirrorRules };
    }
    default:
      return undefined;
  }
}

function copied<Desc extends DescMessage>(
  global: RecordsByPath,
  record: RecordId,
  schema: Desc,
  isSame: (stored: Uint8Array, message: MessageShape<Desc>) => boolean,
): MessageShape<Desc> | undefined {
  const stored = global.get(record.path);
  if (stored === undefined) return undefined;
  const reading = readRecord(global, record, { schema }, []);
  return reading.status === 'loaded' && isSame(stored.value, reading.value) ? reading.value : undefined;
}
