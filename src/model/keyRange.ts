/** Key ranges as shard names spell them (`-80`, `80-c0`, `0`). Bounds are lower-case hex; an empty bound is open. */
export interface NamedKeyRange {
  readonly start: string;
  readonly end: string;
}

const rangeName = /^([0-9a-f]*)-([0-9a-f]*)$/;

/**
 * The key range that a shard name spells; undefined for a name without a range
 * (`0`), and 'invalid' for a name with a dash that Vitess would refuse
 * (topo.ValidateShardName).
 */
export function parseShardName(shard: string): NamedKeyRange | undefined | 'invalid' {
  if (!shard.includes('-')) return undefined;
  const match = rangeName.exec(shard.toLowerCase());
  const start = match?.[1];
  const end = match?.[2];
  if (start === undefined || end === undefined) return 'invalid';
  if (start.length % 2 !== 0 || end.length % 2 !== 0) return 'invalid';
  // Vitess compares the bounds as they are spelled here: `80-8000` is accepted.
  if (end !== '' && start >= end) return 'invalid';
  return { start, end };
}

/** Vitess compares bounds as if the shorter were padded with zero bytes (key.Compare of normalized ranges). */
function compareBounds(a: string, b: string): number {
  const width = Math.max(a.length, b.length);
  const left = a.padEnd(width, '0');
  const right = b.padEnd(width, '0');
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True when two ranges have the same bounds. */
export function sameKeyRange(a: NamedKeyRange, b: NamedKeyRange): boolean {
  return sameBound(a.start, b.start) && sameBound(a.end, b.end);
}

function sameBound(a: string, b: string): boolean {
  return (a === '') === (b === '') && compareBounds(a, b) === 0;
}

/** Orders shard names by key range; names without a range come by name, after the others. */
export function compareShardNames(a: string, b: string): number {
  const left = parseShardName(a);
  const right = parseShardName(b);
  if (typeof left === 'object' && typeof right === 'object') {
    return compareBounds(left.start, right.start) || (a < b ? -1 : a > b ? 1 : 0);
  }
  if (typeof left === 'object') return -1;
  if (typeof right === 'object') return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True when the ranges, in order, cover every keyspace id once: what a serving partition must do. */
export function coversWholeRange(ranges: readonly NamedKeyRange[]): boolean {
  const first = ranges[0];
  const last = ranges.at(-1);
  if (first === undefined || last === undefined || first.start !== '' || last.end !== '') return false;
  return ranges.every((range, index) => {
    const next = ranges[index + 1];
    return next === undefined || (range.end !== '' && sameBound(range.end, next.start));
  });
}

/** True when some keyspace id is in both ranges. */
export function rangesOverlap(a: NamedKeyRange, b: NamedKeyRange): boolean {
  return startsBeforeEnd(a, b) && startsBeforeEnd(b, a);
}

function startsBeforeEnd(a: NamedKeyRange, b: NamedKeyRange): boolean {
  return b.end === '' || compareBounds(a.start, b.end) < 0;
}
