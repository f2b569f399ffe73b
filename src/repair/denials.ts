/** Changes of what a Shard record denies, in the shape in which Vitess keeps it. */
import { create } from '@bufbuild/protobuf';
import { denialOf, isPattern, primaryControl, primaryDenials } from '../diagnose/deniedTables.ts';
import { Shard_TabletControlSchema, TabletType, type Shard } from '../records/gen/topodata_pb.js';

/** Tables to deny to a shard's primary and to allow. */
export interface DenialChange {
  readonly deny?: Iterable<string>;
  readonly allow?: Iterable<string>;
}

/**
 * Changes a Shard in place. One PRIMARY control is left, the one that the
 * tablet follows, with its flags and its other tables in their order; none when
 * it denies nothing any more (ShardInfo.UpdateDeniedTables in Vitess).
 */
export function changeDenials(shard: Shard, { deny = [], allow = [] }: DenialChange): void {
  const allowed = new Set([...allow].map((table) => table.toLowerCase()));
  const followed = shard.tabletControls[primaryControl(shard)];
  const missing = [...deny].filter((entry) => !hasEntry(shard, entry));
  const control = followed ?? create(Shard_TabletControlSchema, { tabletType: TabletType.PRIMARY });
  const kept = control.deniedTables.filter((entry) => isPattern(entry) || !allowed.has(entry.toLowerCase()));
  if (missing.length === 0 && kept.length === control.deniedTables.length) return;
  control.deniedTables = [...kept, ...missing];
  const controls = followed === undefined ? [...shard.tabletControls, control] : shard.tabletControls;
  shard.tabletControls = controls.filter((one) =>
    one === control ? control.deniedTables.length > 0 : one.tabletType !== TabletType.PRIMARY,
  );
}

/** True when a shard's primary denies a table already, or has this very pattern. */
export function hasEntry(shard: Shard, entry: string): boolean {
  if (isPattern(entry)) return primaryDenials(shard).some((denial) => denial.entry === entry);
  return denialOf(shard, entry) !== undefined;
}

/** The pattern that denies one of the tables to be allowed: it may deny others too. */
export function denyingPattern(shard: Shard, tables: readonly string[]): string | undefined {
  return tables.map((table) => denialOf(shard, table)?.entry).find((entry) => entry !== undefined && isPattern(entry));
}

/** True when the PRIMARY control that is followed names cells: Vitess writes none. */
export function followsCells(shard: Shard): boolean {
  return (shard.tabletControls[primaryControl(shard)]?.cells.length ?? 0) > 0;
}
