/** The two keyspaces of a move with what their shards deny. */
import { ShardDenials } from '../diagnose/deniedTables.ts';
import { lockTarget, type Lock } from '../model/lock.ts';
import type { Move } from '../model/move.ts';
import { cellRecord, globalRecord } from '../model/record.ts';
import { tabletAliasName } from '../records/validate.ts';
import type { ShardRecord, Snapshot } from '../records/snapshot.ts';
import type { FindingMarks } from './findingMarks.ts';
import { mapLock } from './mapLocks.ts';
import type { MapShard, MapSide } from './moveMap.ts';

/** What both sides are made from. */
export interface SideInput {
  readonly snapshot: Snapshot;
  readonly move: Move;
  readonly marks: FindingMarks;
  /** The locks of the move. */
  readonly locks: readonly Lock[];
}

/** One side of the map. */
export function mapSide(input: SideInput, role: MapSide['role']): MapSide {
  const { snapshot, move, marks, locks } = input;
  const keyspace = move[role];
  const records = snapshot.keyspaces.get(keyspace);
  const record = globalRecord.keyspace(keyspace);
  const graph = snapshot.cells.map(({ name }) => cellRecord.srvKeyspace(name, keyspace));
  return {
    role,
    keyspace,
    isThere: records !== undefined,
    shards: (records?.shards ?? []).map((shard) => mapShard(input, keyspace, shard)),
    locks: locks.filter((lock) => isOn(lock, { keyspace })).map((lock) => mapLock(lock, marks)),
    marks: marks.of(record, globalRecord.vschema(keyspace), ...graph),
    target: { record, path: [] },
  };
}

function mapShard({ move, marks, locks }: SideInput, keyspace: string, { name, record, shard }: ShardRecord): MapShard {
  const common = {
    name,
    locks: locks.filter((lock) => isOn(lock, { keyspace, shard: name })).map((lock) => mapLock(lock, marks)),
    marks: marks.of(record),
  };
  if (shard.status !== 'loaded') {
    const unread = shard.status === 'failed' ? shard.reason : 'there is no Shard record';
    const nothing = { isServing: false, denied: [], accepted: [], otherDenied: [] };
    return { ...common, ...nothing, unread, target: { record, path: [] } };
  }
  const denials = new ShardDenials(shard.value);
  const denied = move.tables.filter((table) => denials.of(table) !== undefined);
  const ofMove = new Set(denied.map((table) => denials.of(table)?.entry));
  const { primaryAlias, isPrimaryServing } = shard.value;
  return {
    ...common,
    isServing: isPrimaryServing,
    ...(primaryAlias === undefined ? {} : { primary: tabletAliasName(primaryAlias) }),
    denied,
    accepted: move.tables.filter((table) => denials.of(table) === undefined),
    otherDenied: denials.entries.map(({ entry }) => entry).filter((entry) => !ofMove.has(entry)),
    target: { record, path: denials.entries[0]?.path.slice(0, -1) ?? [] },
  };
}

function isOn({ lockedPath }: Lock, place: { readonly keyspace: string; readonly shard?: string }): boolean {
  const locked = lockTarget(lockedPath);
  if (locked.kind === 'keyspace') return place.shard === undefined && locked.keyspace === place.keyspace;
  return locked.kind === 'shard' && locked.keyspace === place.keyspace && locked.shard === place.shard;
}
