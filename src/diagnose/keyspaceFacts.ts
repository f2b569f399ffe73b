/** Facts about one keyspace that several rules and the inference of moves need. */
import { parseShardName, rangesOverlap } from '../model/keyRange.ts';
import { remember } from '../model/remember.ts';
import type { Shard } from '../records/gen/topodata_pb.js';
import { globalRecord, recordName, type RecordId } from '../model/record.ts';
import type { KeyspaceRecords, ShardRecord, Snapshot } from '../records/snapshot.ts';
import { ShardDenials } from './deniedTables.ts';

/** A shard whose record was read. */
export interface LoadedShard {
  readonly keyspace: string;
  readonly name: string;
  readonly record: ShardRecord['record'];
  readonly shard: Shard;
  readonly denials: ShardDenials;
}

/** The keyspace's shards that could be read, in key range order. */
export function loadedShards(keyspace: KeyspaceRecords | undefined): readonly LoadedShard[] {
  return keyspace === undefined ? [] : shardsOf(keyspace);
}

// A keyspace's records never change, and every rule asks for the shards of the same keyspaces.
const shardsOf = remember(({ name: keyspace, shards }: KeyspaceRecords): readonly LoadedShard[] =>
  shards.flatMap(({ name, record, shard }) =>
    shard.status === 'loaded'
      ? [{ keyspace, name, record, shard: shard.value, denials: new ShardDenials(shard.value) }]
      : [],
  ),
);

/**
 * The shards that a move's denied tables are on: those whose primary serves. A
 * Reshard's new shards do not serve yet. Where none serves, all of them; but
 * none while a shard that may be the serving one could not be read.
 */
export function servingShards(keyspace: KeyspaceRecords | undefined): readonly LoadedShard[] {
  return keyspace === undefined ? [] : servingShardsOf(keyspace);
}

const servingShardsOf = remember((keyspace: KeyspaceRecords) => {
  const shards = loadedShards(keyspace);
  const serving = shards.filter(({ shard }) => shard.isPrimaryServing);
  return serving.length > 0 || !allShardsLoaded(keyspace) ? serving : shards;
});

/** True when every shard record of the keyspace could be read. */
export function allShardsLoaded(keyspace: KeyspaceRecords | undefined): boolean {
  return (keyspace?.shards ?? []).every(({ shard }) => shard.status === 'loaded');
}

/** True when some shards of the keyspace hold the same rows: a Reshard copies from one to the other. */
export function isResharding(keyspace: KeyspaceRecords | undefined): boolean {
  const ranges = (keyspace?.shards ?? [])
    .map(({ name }) => parseShardName(name))
    .filter((range) => typeof range === 'object');
  // The shards are in key range order, so of two that overlap two neighbours overlap.
  return ranges.some((range, index) => {
    const next = ranges[index + 1];
    return next !== undefined && rangesOverlap(range, next);
  });
}

/** True when some shard of the keyspace denies the table to its primary. */
export function deniesAnywhere(snapshot: Snapshot, keyspace: string, table: string): boolean {
  return loadedShards(snapshot.keyspaces.get(keyspace)).some(({ denials }) => denials.of(table) !== undefined);
}

/** Whether the keyspace is sharded by its VSchema; undefined when that could not be read. */
export function isSharded(keyspace: KeyspaceRecords | undefined): boolean | undefined {
  if (keyspace === undefined || keyspace.vschema.status === 'failed') return undefined;
  return keyspace.vschema.status === 'loaded' && keyspace.vschema.value.sharded;
}

/** True when the keyspace is sharded and its VSchema does not list the table: vtgate cannot route the table there. */
export function cannotRoute(keyspace: KeyspaceRecords | undefined, table: string): boolean {
  if (keyspace === undefined) return true;
  if (keyspace.vschema.status !== 'loaded' || !keyspace.vschema.value.sharded) return false;
  return !Object.hasOwn(keyspace.vschema.value.tables, table);
}

/** True when a record is there and does not decode; a record that no saved dump gives is another matter (documentDoubts.ts). */
export function isUnreadable({ unreadable }: Snapshot, record: RecordId): boolean {
  return unreadable.some((entry) => recordName(entry.record) === recordName(record));
}

/** True when the keyspace's VSchema does not decode and may be one of a sharded keyspace: then nobody can tell which tables it lists. */
export function mayNotRoute(snapshot: Snapshot, keyspace: string): boolean {
  const ranged = snapshot.keyspaces.get(keyspace)?.shards.some(({ name }) => name.includes('-')) ?? false;
  return ranged && isUnreadable(snapshot, globalRecord.vschema(keyspace));
}
