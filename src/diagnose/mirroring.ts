import { loadedValue } from '../model/reading.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { parseRuleName } from './routing.ts';

interface MirroredTable {
  readonly source: string;
  readonly target: string;
  readonly table: string;
}

/** The tables whose reads MirrorRules copy from one keyspace to another. */
export function mirroredTables(snapshot: Snapshot): { has(table: MirroredTable): boolean } {
  const keys = (loadedValue(snapshot.mirrorRules)?.rules ?? []).map(({ fromTable, toTable }) => {
    const { keyspace: source = '', table } = parseRuleName(fromTable);
    return keyOf({ source, table, target: parseRuleName(toTable).keyspace ?? '' });
  });
  const known = new Set(keys);
  return { has: (table) => known.has(keyOf(table)) };
}

function keyOf({ source, target, table }: MirroredTable): string {
  return JSON.stringify([source, target, table]);
}
