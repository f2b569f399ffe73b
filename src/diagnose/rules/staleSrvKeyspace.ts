import type { Finding } from '../../model/finding.ts';
import {
  compareShardNames,
  coversWholeRange,
  parseShardName,
  sameKeyRange,
  type NamedKeyRange,
} from '../../model/keyRange.ts';
import { cellRecord, type JsonPath } from '../../model/record.ts';
import { remember, rememberPair } from '../../model/remember.ts';
import { listWords } from '../../model/words.ts';
import { TabletType, type SrvKeyspace } from '../../records/gen/topodata_pb.js';
import { tabletTypeName } from '../../records/tabletTypeName.ts';
import type { CellRecords, KeyspaceRecords } from '../../records/snapshot.ts';
import { namedRange } from '../../records/validate.ts';
import { allShardsLoaded, isResharding, loadedShards, type LoadedShard } from '../keyspaceFacts.ts';
import type { DiagnosisInput } from '../rule.ts';

/** The tablet types that a SrvKeyspace has a partition for. */
export const servedTypes = [TabletType.PRIMARY, TabletType.REPLICA, TabletType.RDONLY] as const;

/** A cell's SrvKeyspace does not list the shards whose primary serves. */
export function staleSrvKeyspace({ snapshot }: DiagnosisInput): Finding[] {
  return snapshot.cells.flatMap((cell) => {
    if (cell.failure !== undefined) return [];
    const leftOver = [...cell.srvKeyspaces.keys()]
      .filter((keyspace) => !snapshot.keyspaces.has(keyspace))
      .map((keyspace) => {
        const what = `${cell.name} still has a SrvKeyspace of ${keyspace}, which the topology no longer has`;
        return finding(
          cell,
          keyspace,
          [],
          what,
          'delete that record, or restore the keyspace if it was deleted by mistake',
        );
      });
    return [...leftOver, ...[...snapshot.keyspaces.values()].flatMap((keyspace) => checkKeyspace(cell, keyspace))];
  });
}

function checkKeyspace(cell: CellRecords, keyspace: KeyspaceRecords): Finding[] {
  const reading = cell.srvKeyspaces.get(keyspace.name) ?? { status: 'absent' };
  if (reading.status === 'failed') return [];
  if (reading.status === 'absent') return servingNow(keyspace).length > 0 ? checkAbsent(cell, keyspace.name) : [];
  return staleTypes(reading.value, keyspace).map((type) => {
    const { listed, path } = partitionShards(reading.value, type);
    const names = listed.map(referenceName);
    const served = names.length === 0 ? 'no shard' : listWords(names);
    const expected = servingNow(keyspace).map(({ name }) => name);
    const byShards =
      expected.length === 0
        ? 'no shard serves'
        : `${listWords(expected)} ${expected.length === 1 ? 'serves' : 'serve'}`;
    const what = `${cell.name}'s SrvKeyspace of ${keyspace.name} lists ${served} for ${tabletTypeName(type)}, but by the Shard records ${byShards}`;
    return finding(cell, keyspace.name, path, what);
  });
}

const staleTypes = rememberPair((srvKeyspace: SrvKeyspace, keyspace: KeyspaceRecords) =>
  allShardsLoaded(keyspace) ? servedTypes.filter((type) => !listsServingShards(srvKeyspace, type, keyspace)) : [],
);

/** The shards whose primary serves; none while a shard could not be read. */
const servingNow = remember((keyspace: KeyspaceRecords) =>
  allShardsLoaded(keyspace) ? loadedShards(keyspace).filter(({ shard }) => shard.isPrimaryServing) : [],
);

/** True when the partition of a type lists the shards whose primary serves, or those that a Reshard has switched its reads to. */
export function listsServingShards(srvKeyspace: SrvKeyspace, type: TabletType, keyspace: KeyspaceRecords): boolean {
  const { listed } = partitionShards(srvKeyspace, type);
  const serving = loadedShards(keyspace).filter(({ shard }) => shard.isPrimaryServing);
  if (sameShards(listed, serving.map(reference))) return true;
  // A Reshard that has switched reads and not yet writes lists its new shards for them.
  return type !== TabletType.PRIMARY && isResharding(keyspace) && isServable(listed, keyspace);
}

/** Without tablets of the keyspace a cell needs no SrvKeyspace of it. */
function checkAbsent(cell: CellRecords, keyspace: string): Finding[] {
  const hasTablets = cell.tablets.some(
    ({ tablet }) => tablet.status === 'loaded' && tablet.value.keyspace === keyspace,
  );
  if (!hasTablets) return [];
  const what = `${cell.name} has tablets of ${keyspace} and no SrvKeyspace of it: its vtgates cannot route to the keyspace`;
  return [finding(cell, keyspace, [], what)];
}

/** A shard as a partition lists it: its name and its key range in hex. */
interface Reference {
  readonly name: string;
  readonly range: NamedKeyRange;
}

const everything: NamedKeyRange = { start: '', end: '' };

function partitionShards(srvKeyspace: SrvKeyspace, type: TabletType): { listed: Reference[]; path: JsonPath } {
  const index = srvKeyspace.partitions.findIndex(({ servedType }) => servedType === type);
  const references = srvKeyspace.partitions[index]?.shardReferences ?? [];
  return {
    listed: references
      .map(({ name, keyRange }) => ({ name, range: namedRange(keyRange) ?? everything }))
      .sort((a, b) => compareShardNames(a.name, b.name)),
    path: index < 0 ? ['partitions'] : ['partitions', index, 'shard_references'],
  };
}

function reference({ name, shard }: LoadedShard): Reference {
  return { name, range: namedRange(shard.keyRange) ?? everything };
}

function sameShards(a: readonly Reference[], b: readonly Reference[]): boolean {
  return a.length === b.length && a.every((one, index) => isSame(one, b[index]));
}

function isSame(a: Reference, b: Reference | undefined): boolean {
  return b !== undefined && a.name === b.name && sameKeyRange(a.range, b.range);
}

/** True when the listed shards exist as they are listed and together hold every row once. */
function isServable(listed: readonly Reference[], keyspace: KeyspaceRecords): boolean {
  const existing = loadedShards(keyspace).map(reference);
  return (
    coversWholeRange(listed.map(({ range }) => range)) &&
    listed.every((one) => existing.some((shard) => isSame(one, shard)))
  );
}

/** The name, with the key range where that is not what the name says: vtgate routes by the range. */
function referenceName({ name, range }: Reference): string {
  const named = parseShardName(name);
  const expected = typeof named === 'object' ? named : everything;
  return sameKeyRange(expected, range) ? name : `${name} (as ${range.start}-${range.end})`;
}

function finding(
  cell: CellRecords,
  keyspace: string,
  path: JsonPath,
  what: string,
  next = `run \`vtctldclient RebuildKeyspaceGraph --cells ${cell.name} ${keyspace}\``,
): Finding {
  return {
    code: 'stale-srv-keyspace',
    severity: 'warning',
    keyspace,
    cell: cell.name,
    tables: [],
    places: [{ record: cellRecord.srvKeyspace(cell.name, keyspace), path }],
    related: [],
    message: `${what}. Next: ${next}.`,
    fixable: true,
  };
}
