/** Writes protobuf's wire form by hand, sound or broken, without the protobuf library. */

/** One field with its value already encoded; a length is put before it for wire type 2. */
export function wireField(number: number, wireType: number, value: Uint8Array): Uint8Array {
  const tag = wireVarint(number * 8 + wireType);
  return wireType === 2 ? wireBytes(tag, wireVarint(value.length), value) : wireBytes(tag, value);
}

/** A length-delimited field of text or of other fields. */
export function wireDelimited(number: number, value: string | Uint8Array): Uint8Array {
  return wireField(number, 2, typeof value === 'string' ? new TextEncoder().encode(value) : value);
}

export function wireNumber(number: number, value: number): Uint8Array {
  return wireField(number, 0, wireVarint(value));
}

export function wireVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function wireBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
