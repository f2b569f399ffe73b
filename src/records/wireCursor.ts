import { WireType } from '@bufbuild/protobuf/wire';

const maximumGroupDepth = 64;
/** A 64-bit varint takes at most this many bytes, and its last byte holds one bit. */
const longestVarint = 10;

/** A field's number and the way its value is written. */
export interface WireTag {
  readonly number: number;
  readonly wireType: WireType;
}

/**
 * Walks over protobuf's wire form and throws at the first thing that Vitess's
 * own decoder would refuse: the protobuf library passes over varints that are
 * too long and cuts lengths to 32 bits.
 */
export class WireCursor {
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** How many bytes are behind it. */
  get offset(): number {
    return this.position;
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  tag(): WireTag {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    if (tag > 0xffff_ffff || number === 0) throw new Error(`the tag ${tag} names no field`);
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the wire types are the numbers below 8
    return { number, wireType: tag % 8 };
  }

  /** The content of a length-delimited value. */
  content(): Uint8Array {
    const length = this.varint();
    const start = this.position;
    this.advance(length);
    return this.bytes.subarray(start, this.position);
  }

  /** Passes over one value. */
  skip({ number, wireType }: WireTag, depth = 0): void {
    switch (wireType) {
      case WireType.Varint:
        this.varint();
        return;
      case WireType.Bit64:
        this.advance(8);
        return;
      case WireType.Bit32:
        this.advance(4);
        return;
      case WireType.LengthDelimited:
        this.content();
        return;
      case WireType.StartGroup:
        this.skipGroup(number, depth + 1);
        return;
      default:
        throw new Error(`field ${number} has wire type ${wireType}, which nothing starts with`);
    }
  }

  private skipGroup(number: number, depth: number): void {
    if (depth > maximumGroupDepth) throw new Error(`groups are nested deeper than ${maximumGroupDepth} levels`);
    for (;;) {
      const tag = this.tag();
      if (tag.wireType !== WireType.EndGroup) this.skip(tag, depth);
      else if (tag.number === number) return;
      else throw new Error(`the group ${number} ends as ${tag.number}`);
    }
  }

  /** A varint as a number: exact up to 2^53, and beyond that only good for "too large". */
  private varint(): number {
    let value = 0;
    for (let index = 0; index < longestVarint; index++) {
      const byte = this.bytes[this.position];
      if (byte === undefined) throw new Error('it ends inside a number');
      this.position++;
      if (index === longestVarint - 1 && byte > 1) break;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new Error('a number is longer than 64 bits');
  }

  private advance(length: number): void {
    const left = this.bytes.length - this.position;
    if (length > left) throw new Error(`a value of ${length} bytes starts ${left} bytes before the end`);
    this.position += length;
  }
}
