/** What a finding rests on, table by table: looked up once for each finding, since a move may have thousands of tables. */
import { parseRuleName, RoutingTable } from '../diagnose/routing.ts';
import type { Finding } from '../model/finding.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, recordName, type Place } from '../model/record.ts';
import type { Shard } from '../records/gen/topodata_pb.js';
import type { Snapshot } from '../records/snapshot.ts';

export interface TableEvidence {
  /** The routing rule that sends a table where it goes; undefined when the finding names none. */
  ruleOf(table: string): { readonly place: Place; readonly to: string } | undefined;
  /** Where the finding stands for a table: its denied entries, and places that are about all tables. */
  placesOf(table: string): readonly Place[];
}

const evidence = new WeakMap<Finding, TableEvidence>();

/** The evidence of a finding over the snapshot that it was made from. */
export function evidenceOf(snapshot: Snapshot, finding: Finding): TableEvidence {
  let found = evidence.get(finding);
  if (found === undefined) {
    found = gather(snapshot, finding);
    evidence.set(finding, found);
  }
  return found;
}

function gather(snapshot: Snapshot, finding: Finding): TableEvidence {
  const rules = new Map<string, { place: Place; to: string }>();
  for (const place of finding.related) {
    const rule = ruleAt(snapshot, place);
    const table = rule === undefined ? undefined : keyOf(parseRuleName(rule.fromTable).table);
    if (rule !== undefined && table !== undefined && !rules.has(table)) {
      rules.set(table, { place, to: rule.toTables.join(', ') });
    }
  }
  const ofAll: Place[] = [];
  const ofTable = new Map<string, Place[]>();
  for (const place of finding.places) {
    const denied = deniedAt(snapshot, place);
    if (denied === undefined) ofAll.push(place);
    else ofTable.set(keyOf(denied), [...(ofTable.get(keyOf(denied)) ?? []), place]);
  }
  return {
    ruleOf: (table) => rules.get(keyOf(table)),
    placesOf: (table) => [...(ofTable.get(keyOf(table)) ?? []), ...ofAll],
  };
}

/** A tablet compares names without regard to case. */
function keyOf(table: string): string {
  return table.toLowerCase();
}

/** The rule that a place in RoutingRules is about; undefined for a place elsewhere. */
export function ruleAt(
  snapshot: Snapshot,
  { record, path }: Place,
): { fromTable: string; toTables: string[] } | undefined {
  if (record.cell !== undefined || record.path !== globalRecord.routingRules.path) return undefined;
  return loadedValue(snapshot.routingRules)?.rules[Number(path[1])];
}

function deniedAt(snapshot: Snapshot, { record, path }: Place): string | undefined {
  if (path.at(-2) !== 'denied_tables') return undefined;
  return shardsOf(snapshot).get(recordName(record))?.tabletControls[Number(path[1])]?.deniedTables[Number(path[3])];
}

const shards = new WeakMap<Snapshot, ReadonlyMap<string, Shard>>();

function shardsOf(snapshot: Snapshot): ReadonlyMap<string, Shard> {
  let found = shards.get(snapshot);
  if (found === undefined) {
    const all = [...snapshot.keyspaces.values()].flatMap((keyspace) => keyspace.shards);
    found = new Map(
      all.flatMap(({ record, shard }) =>
        shard.status === 'loaded' ? [[recordName(record), shard.value] as const] : [],
      ),
    );
    shards.set(snapshot, found);
  }
  return found;
}

const routings = new WeakMap<Snapshot, RoutingTable>();

/** The global routing rules of a snapshot, indexed once. */
export function routingOf(snapshot: Snapshot): RoutingTable {
  let found = routings.get(snapshot);
  if (found === undefined) {
    found = new RoutingTable(loadedValue(snapshot.routingRules));
    routings.set(snapshot, found);
  }
  return found;
}
