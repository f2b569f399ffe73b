import fc from 'fast-check';
import { wireBytes, wireVarint } from './wireWriter.ts';

/** One way to spoil bytes. Places are fractions of the length, so that they stay meaningful when bytes are shrunk. */
type Corruption = (bytes: Uint8Array) => Uint8Array;

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Uint8Array, where: number): number => Math.floor(where * bytes.length);

/** Puts `inserted` in the place of `removed` bytes. */
function spliced(bytes: Uint8Array, from: number, removed: number, inserted: Uint8Array): Uint8Array {
  return wireBytes(bytes.subarray(0, from), inserted, bytes.subarray(from + removed));
}

const flippedBit = fc.tuple(fraction, fc.nat(7)).map(([where, bit]): Corruption => (bytes) => {
  const copy = Uint8Array.from(bytes);
  const index = Math.min(at(bytes, where), bytes.length - 1);
  if (index >= 0) copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
});

const truncated = fraction.map(
  (where): Corruption =>
    (bytes) =>
      bytes.slice(0, at(bytes, where)),
);

const removed = fc.tuple(fraction, fc.integer({ min: 1, max: 20 })).map(
  ([where, length]): Corruption =>
    (bytes) =>
      spliced(bytes, at(bytes, where), length, new Uint8Array()),
);

const duplicated = fc.tuple(fraction, fraction, fraction).map(([from, to, where]): Corruption => (bytes) => {
  const [start, end] = [at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to))];
  return spliced(bytes, at(bytes, where), 0, bytes.subarray(start, end));
});

const overwritten = fc.tuple(fraction, fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 12 })).map(
  ([where, inserts, content]): Corruption =>
    (bytes) =>
      spliced(bytes, at(bytes, where), inserts ? 0 : content.length, content),
);

const replaced = fc.uint8Array({ maxLength: 200 }).map(
  (content): Corruption =>
    () =>
      content,
);

/** Lengths that 32 bits, or the numbers of JavaScript, cannot hold. */
const hugeLength = fc
  .tuple(fraction, fc.boolean(), fc.constantFrom(2 ** 31 - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 35, 2 ** 53, 2 ** 63))
  .map(
    ([where, inserts, length]): Corruption =>
      (bytes) =>
        spliced(bytes, at(bytes, where), inserts ? 0 : 1, wireVarint(length)),
  );

/** The tag that starts group 11 of protobuf is the character that opens a list in JSON. */
const groupStart = 0x5b;
const groupEnd = 0x5c;
const nested = fc
  .tuple(fraction, fc.constantFrom(1, 2, 63, 64, 65, 66, 500, 3000), fc.constantFrom(-1, 0, 1))
  .map(([where, depth, missing]): Corruption => {
    const starts = new Uint8Array(depth).fill(groupStart);
    const ends = new Uint8Array(depth + missing).fill(groupEnd);
    return (bytes) => spliced(bytes, at(bytes, where), 0, wireBytes(starts, ends));
  });

/** A byte that never occurs, an overlong "/", half of a pair of surrogates, a cut sequence and a byte order mark. */
const invalidText = fc
  .tuple(fraction, fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xef, 0xbb, 0xbf]))
  .map(
    ([where, text]): Corruption =>
      (bytes) =>
        spliced(bytes, at(bytes, where), text.length, Uint8Array.from(text)),
  );

const corruption: fc.Arbitrary<Corruption> = fc.oneof(
  { arbitrary: flippedBit, weight: 4 },
  { arbitrary: truncated, weight: 3 },
  { arbitrary: overwritten, weight: 3 },
  { arbitrary: removed, weight: 2 },
  { arbitrary: duplicated, weight: 2 },
  { arbitrary: invalidText, weight: 2 },
  { arbitrary: hugeLength, weight: 1 },
  { arbitrary: nested, weight: 1 },
  { arbitrary: replaced, weight: 1 },
);

/** The same bytes after one to three corruptions. */
export function corrupted(original: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(original, fc.array(corruption, { minLength: 1, maxLength: 3 }))
    .map(([bytes, corruptions]) => corruptions.reduce((spoiled, spoil) => spoil(spoiled), bytes));
}
