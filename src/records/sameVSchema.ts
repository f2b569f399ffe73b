import { remember } from '../model/remember.ts';
import { WireType } from '@bufbuild/protobuf/wire';
import type { Keyspace as VSchema } from './gen/vschema_pb.js';
import { WireCursor } from './wireCursor.ts';

/** A VSchema's wire form taken apart: the entries of its maps, and all else in order. */
interface WireForm {
  readonly entries: ReadonlySet<string>;
  readonly entryCount: number;
  readonly others: string;
}

/** `vindexes` and `tables`. */
const mapFields: ReadonlySet<number> = new Set([2, 3]);

/**
 * Whether bytes are a VSchema that means the same as the one that a record
 * stores, `message` when decoded. Vitess writes the entries of maps in another
 * order each time. False also where that cannot be told without decoding.
 */
export function isSameVSchema(bytes: Uint8Array, stored: Uint8Array, message: VSchema): boolean {
  if (bytes.length !== stored.length) return false;
  if (Buffer.compare(bytes, stored) === 0) return true;
  const form = formOfStored(stored);
  const names = Object.keys(message.tables).length + Object.keys(message.vindexes).length;
  // Of two entries of one name the later counts, so there order matters.
  if (form === undefined || form.entryCount !== names) return false;
  const other = wireForm(bytes);
  return (
    other?.entryCount === names &&
    other.others === form.others &&
    other.entries.size === names &&
    [...form.entries].every((entry) => other.entries.has(entry))
  );
}

const formOfStored = remember(wireForm);

function wireForm(bytes: Uint8Array): WireForm | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const entries = new Set<string>();
  let entryCount = 0;
  let others = '';
  try {
    const cursor = new WireCursor(bytes);
    while (!cursor.atEnd) {
      const start = cursor.offset;
      const tag = cursor.tag();
      cursor.skip(tag);
      const whole = text.slice(start, cursor.offset);
      if (tag.wireType === WireType.LengthDelimited && mapFields.has(tag.number)) {
        entries.add(whole);
        entryCount++;
      } else {
        others += whole;
      }
    }
    return { entries, entryCount, others };
  } catch {
    return undefined;
  }
}
