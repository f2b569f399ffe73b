/** What a Shard record denies, as a tablet reads it. */
import { TabletType, type Shard } from '../records/gen/topodata_pb.js';
import type { JsonPath } from '../model/record.ts';
import { compileTablePattern } from './tablePattern.ts';

export interface Denial {
  /** The entry as it is written: a table's name, or a regular expression after a slash. */
  readonly entry: string;
  /** Where it stands in the Shard record's JSON. */
  readonly path: JsonPath;
}

/** The denied tables of one shard's primary, indexed: every rule asks for many tables of the same shards. */
export class ShardDenials {
  /** In the order of the record. */
  readonly entries: readonly Denial[];
  private readonly byName: ReadonlyMap<string, Denial>;
  private readonly patterns: readonly { readonly denial: Denial; readonly matches: (table: string) => boolean }[];

  constructor(shard: Shard) {
    this.entries = primaryDenials(shard);
    const names = this.entries.filter(({ entry }) => !isPattern(entry));
    // A tablet compares names without regard to case (tmutils.TableFilter in Vitess).
    this.byName = new Map(names.map((denial) => [denial.entry.toLowerCase(), denial]));
    this.patterns = this.entries
      .filter(({ entry }) => isPattern(entry))
      .map((denial) => ({ denial, matches: compileTablePattern(denial.entry) }));
  }

  /** The entry that denies a table, if any. */
  of(table: string): Denial | undefined {
    return this.byName.get(table.toLowerCase()) ?? this.patterns.find(({ matches }) => matches(table))?.denial;
  }
}

/**
 * The denied tables that count for the primary. Of several PRIMARY controls for
 * its cell the tablet keeps the last (tm_state.go in Vitess).
 */
export function primaryDenials(shard: Shard): readonly Denial[] {
  const index = primaryControl(shard);
  return (shard.tabletControls[index]?.deniedTables ?? []).map((entry, position) => ({
    entry,
    path: ['tablet_controls', index, 'denied_tables', position],
  }));
}

/** The denial of one table on a shard's primary, if any. */
export function denialOf(shard: Shard, table: string): Denial | undefined {
  return new ShardDenials(shard).of(table);
}

/** Where a reader should look for a denial that is missing. */
export function missingDenialPath(shard: Shard): JsonPath {
  const index = primaryControl(shard);
  return index < 0 ? ['tablet_controls'] : ['tablet_controls', index, 'denied_tables'];
}

/** True for an entry that is a regular expression. */
export function isPattern(entry: string): boolean {
  return entry.startsWith('/');
}

/** The position of the control that counts for the primary; -1 when there is none. */
export function primaryControl(shard: Shard): number {
  const cell = shard.primaryAlias?.cell;
  return shard.tabletControls.findLastIndex(
    ({ tabletType, cells }) =>
      tabletType === TabletType.PRIMARY && (cells.length === 0 || cell === undefined || cells.includes(cell)),
  );
}
