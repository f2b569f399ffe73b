/** Which tablets must read their Shard record again, from what the topology knows of them. */
import type { ShardName } from '../model/plan.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, recordName } from '../model/record.ts';
import { TabletType, type Shard, type Tablet } from '../records/gen/topodata_pb.js';
import type { CellRecords, Snapshot } from '../records/snapshot.ts';
import { tabletTypeName } from '../records/tabletTypeName.ts';
import { tabletAliasName } from '../records/validate.ts';
import type { ShardTablets, TabletTarget } from './ports.ts';

/** The tablets of these shards, in alias order, and what could not be read of them. */
export function shardTablets(snapshot: Snapshot, shards: readonly ShardName[]): ShardTablets[] {
  return shards.map((name) => tabletsOf(snapshot, name));
}

function tabletsOf(snapshot: Snapshot, { keyspace, shard: name }: ShardName): ShardTablets {
  const found = snapshot.keyspaces.get(keyspace)?.shards.find((one) => one.name === name)?.shard;
  const reading = found ?? { status: 'absent' as const };
  const shard = loadedValue(reading);
  const primaryAlias = primaryOf(shard);
  const tablets = snapshot.cells.flatMap((cell) =>
    cell.tablets.flatMap(({ alias, tablet: record }) => {
      const tablet = loadedValue(record);
      if (tablet?.keyspace !== keyspace || tablet.shard !== name) return [];
      const isPrimary = alias === primaryAlias || tookOver(tablet, shard);
      return [target(alias, cell.name, tablet, isPrimary)];
    }),
  );
  const record = recordName(globalRecord.shard(keyspace, name));
  const unreadShard =
    reading.status === 'loaded'
      ? []
      : [`${record}: ${reading.status === 'absent' ? 'there is no such record' : reading.reason}`];
  return {
    keyspace,
    shard: name,
    ...(primaryAlias === undefined ? {} : { primaryAlias }),
    tablets: tablets.sort((a, b) => (a.alias < b.alias ? -1 : 1)),
    unread: [...unreadShard, ...snapshot.cells.flatMap(unreadOf)],
  };
}

function target(alias: string, cell: string, tablet: Tablet, isPrimary: boolean): TabletTarget {
  const { hostname, portMap, type } = tablet;
  const port = portMap['grpc'];
  return { alias, cell, hostname, grpcPort: port ? port : undefined, type: tabletTypeName(type), isPrimary };
}

function primaryOf(shard: Shard | undefined): string | undefined {
  const alias = shard?.primaryAlias;
  return alias === undefined || alias.cell === '' ? undefined : tabletAliasName(alias);
}

/**
 * Whether a tablet became primary after the one that the Shard record names
 * (topotools.IsPrimaryTablet). One with an earlier term was replaced and may be dead.
 */
function tookOver({ type, primaryTermStartTime }: Tablet, shard: Shard | undefined): boolean {
  if (type !== TabletType.PRIMARY || shard === undefined || primaryTermStartTime === undefined) return false;
  const since = shard.primaryTermStartTime;
  if (since === undefined) return true;
  if (primaryTermStartTime.seconds !== since.seconds) return primaryTermStartTime.seconds > since.seconds;
  return primaryTermStartTime.nanoseconds > since.nanoseconds;
}

/** A tablet's record that does not decode may be of any shard. */
function unreadOf({ name, failure, tablets }: CellRecords): string[] {
  if (failure !== undefined) return [`${name}: ${failure.message}`];
  return tablets.flatMap(({ record, tablet }) =>
    tablet.status === 'failed' ? [`${recordName(record)}: ${tablet.reason}`] : [],
  );
}
