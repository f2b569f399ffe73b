/** What a Shard record denies, as a tablet reads it. */
import { TabletType, type Shard } from '../records/gen/topodata_pb.js';
import type { JsonPath } from '../model/record.ts';

export interface Denial {
  /** The entry as it is written: a table's name, or a regular expression between slashes. */
  readonly entry: string;
  /** Where it stands in the Shard record's JSON. */
  readonly path: JsonPath;
}

/**
 * The denied tables that count for primaries. Of several PRIMARY controls the
 * tablet keeps the last (tm_state.go in Vitess).
 */
export function primaryDenials(shard: Shard): readonly Denial[] {
  const index = shard.tabletControls.findLastIndex(({ tabletType }) => tabletType === TabletType.PRIMARY);
  const control = shard.tabletControls[index];
  return (control?.deniedTables ?? []).map((entry, position) => ({
    entry,
    path: ['tablet_controls', index, 'denied_tables', position],
  }));
}

/** The denial of a table on a shard's primary, if any. */
export function denialOf(shard: Shard, table: string): Denial | undefined {
  return primaryDenials(shard).find(({ entry }) => matches(entry, table));
}

/** Where a reader should look for a denial that is missing. */
export function missingDenialPath(shard: Shard): JsonPath {
  const index = shard.tabletControls.findLastIndex(({ tabletType }) => tabletType === TabletType.PRIMARY);
  return index < 0 ? ['tablet_controls'] : ['tablet_controls', index, 'denied_tables'];
}

/** True for an entry that is a regular expression (tmutils table filters in Vitess). */
export function isPattern(entry: string): boolean {
  return entry.length > 1 && entry.startsWith('/') && entry.endsWith('/');
}

function matches(entry: string, table: string): boolean {
  if (!isPattern(entry)) return entry === table;
  const pattern = entry.slice(1, -1);
  // A pattern that cannot be tried could match anything: a denial that is assumed is seen, one that is missed is not.
  // A repeated group can take exponential time here, where Go's matcher takes linear time.
  if (/\)[*+?{]/.test(pattern)) return true;
  try {
    return new RegExp(pattern).test(table);
  } catch {
    return true;
  }
}
