import type { Finding } from '../../model/finding.ts';
import { compareShardNames } from '../../model/keyRange.ts';
import { cellRecord, type JsonPath } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import { TabletType, type SrvKeyspace } from '../../records/gen/topodata_pb.js';
import type { CellRecords, KeyspaceRecords } from '../../records/snapshot.ts';
import { allShardsLoaded, loadedShards } from '../keyspaceFacts.ts';
import type { DiagnosisInput } from '../rule.ts';

const servedTypes = [TabletType.PRIMARY, TabletType.REPLICA, TabletType.RDONLY] as const;

/** A cell's SrvKeyspace does not list the shards whose primary serves. */
export function staleSrvKeyspace({ snapshot }: DiagnosisInput): Finding[] {
  return snapshot.cells.flatMap((cell) => {
    if (cell.failure !== undefined) return [];
    const leftOver = [...cell.srvKeyspaces.keys()]
      .filter((keyspace) => !snapshot.keyspaces.has(keyspace))
      .map((keyspace) =>
        finding(
          cell,
          keyspace,
          [],
          `${cell.name} still has a SrvKeyspace of ${keyspace}, which the topology no longer has`,
        ),
      );
    return [...leftOver, ...[...snapshot.keyspaces.values()].flatMap((keyspace) => checkKeyspace(cell, keyspace))];
  });
}

function checkKeyspace(cell: CellRecords, keyspace: KeyspaceRecords): Finding[] {
  if (!allShardsLoaded(keyspace)) return [];
  const expected = loadedShards(keyspace)
    .filter(({ shard }) => shard.isPrimaryServing)
    .map(({ name }) => name);
  const reading = cell.srvKeyspaces.get(keyspace.name) ?? { status: 'absent' };
  if (reading.status === 'failed') return [];
  if (reading.status === 'absent') {
    // Without tablets of the keyspace a cell needs no SrvKeyspace of it.
    const hasTablets = cell.tablets.some(
      ({ tablet }) => tablet.status === 'loaded' && tablet.value.keyspace === keyspace.name,
    );
    return hasTablets && expected.length > 0
      ? [
          finding(
            cell,
            keyspace.name,
            [],
            `${cell.name} has tablets of ${keyspace.name} and no SrvKeyspace of it: its vtgates cannot route to the keyspace`,
          ),
        ]
      : [];
  }
  return servedTypes.flatMap((type) => {
    const { shards, path } = partitionShards(reading.value, type);
    if (shards.join() === expected.join()) return [];
    const served = shards.length === 0 ? 'no shard' : listWords(shards);
    const serving =
      expected.length === 0
        ? 'no shard serves'
        : `${listWords(expected)} ${expected.length === 1 ? 'serves' : 'serve'}`;
    const what = `${cell.name}'s SrvKeyspace of ${keyspace.name} lists ${served} for ${TabletType[type]}, but by the Shard records ${serving}`;
    return [finding(cell, keyspace.name, path, what)];
  });
}

function partitionShards(srvKeyspace: SrvKeyspace, type: TabletType): { shards: string[]; path: JsonPath } {
  const index = srvKeyspace.partitions.findIndex(({ servedType }) => servedType === type);
  const references = srvKeyspace.partitions[index]?.shardReferences ?? [];
  return {
    shards: references.map(({ name }) => name).sort(compareShardNames),
    path: index < 0 ? ['partitions'] : ['partitions', index, 'shard_references'],
  };
}

function finding(cell: CellRecords, keyspace: string, path: JsonPath, what: string): Finding {
  return {
    code: 'stale-srv-keyspace',
    severity: 'warning',
    keyspace,
    cell: cell.name,
    tables: [],
    places: [{ record: cellRecord.srvKeyspace(cell.name, keyspace), path }],
    related: [],
    message: `${what}. Next: run \`vtctldclient RebuildKeyspaceGraph --cells ${cell.name} ${keyspace}\`.`,
    fixable: true,
  };
}
