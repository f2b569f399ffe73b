import { parseShardName, type NamedKeyRange } from '../model/keyRange.ts';

/**
 * The key ranges, as shard names spell them, that no shard of the list covers:
 * of a keyspace whose other shards are not known. Empty when nothing is missing.
 */
export function uncoveredRanges(shards: readonly string[]): string[] {
  const ranges = shards.map(parseShardName);
  // A shard without a range, `0`, is the only one of its keyspace.
  if (ranges.includes(undefined)) return [];
  const sorted = ranges.filter((range): range is NamedKeyRange => typeof range === 'object').sort(byStart);
  const gaps: string[] = [];
  let covered = '';
  for (const { start, end } of sorted) {
    if (isAfter(start, covered)) gaps.push(`${covered}-${start}`);
    if (end === '') return gaps;
    if (isAfter(end, covered)) covered = end;
  }
  return [...gaps, `${covered}-`];
}

function byStart(a: NamedKeyRange, b: NamedKeyRange): number {
  return isAfter(a.start, b.start) ? 1 : isAfter(b.start, a.start) ? -1 : 0;
}

/** Bounds compare as if the shorter were filled up with zero bytes. */
function isAfter(a: string, b: string): boolean {
  const width = Math.max(a.length, b.length);
  return a.padEnd(width, '0') > b.padEnd(width, '0');
}
