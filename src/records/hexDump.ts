const bytesPerLine = 16;
/** Enough to see what kind of bytes they are; a record may be megabytes long. */
const mostBytes = 16 * 1024;

/** Bytes as lines of offset, hexadecimal and printable ASCII; past 16 KiB the rest is counted. */
export function hexDump(bytes: Uint8Array): string[] {
  const shown = bytes.subarray(0, mostBytes);
  const lines: string[] = [];
  for (let offset = 0; offset < shown.length; offset += bytesPerLine) {
    const row = Array.from(shown.subarray(offset, offset + bytesPerLine));
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesPerLine * 3 - 1)}  |${ascii}|`);
  }
  if (shown.length < bytes.length) lines.push(`… ${bytes.length - shown.length} more bytes`);
  return lines;
}
