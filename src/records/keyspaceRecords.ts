import { compareShardNames } from '../model/keyRange.ts';
import { globalRecord } from '../model/record.ts';
import type { TopologyRecord } from '../model/topologyData.ts';
import { globalKeyOf, readRecord, type RecordsByPath } from './recordReader.ts';
import { recordSchemas } from './recordTypes.ts';
import type { KeyspaceRecords, ShardRecord, UnreadableRecord } from './snapshot.ts';
import { shardProblem } from './validate.ts';

/** What the records of one keyspace give, and those of them that could not be read. */
interface ReadKeyspace {
  readonly records: readonly TopologyRecord[];
  readonly keyspace: KeyspaceRecords;
  readonly unreadable: readonly UnreadableRecord[];
}

// By the first of its records: while all of them are the same, the keyspace is the same object in every snapshot.
const known = new WeakMap<TopologyRecord, ReadKeyspace>();

/** The keyspaces by name, in name order, from the records of each; failures are noted in `unreadable`. */
export function readKeyspaces(
  byKeyspace: ReadonlyMap<string, readonly TopologyRecord[]>,
  unreadable: UnreadableRecord[],
): ReadonlyMap<string, KeyspaceRecords> {
  const keyspaces = [...byKeyspace].map(([name, records]) => {
    const read = readOnce(name, records);
    unreadable.push(...read.unreadable);
    return read.keyspace;
  });
  keyspaces.sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(keyspaces.map((keyspace) => [keyspace.name, keyspace]));
}

function readOnce(name: string, records: readonly TopologyRecord[]): ReadKeyspace {
  const [first] = records;
  const before = first && known.get(first);
  const same = before?.records.length === records.length && before.records.every((one, at) => one === records[at]);
  if (before !== undefined && same) return before;
  const unreadable: UnreadableRecord[] = [];
  const keyspace = readKeyspace(name, new Map(records.map((record) => [record.path, record])), unreadable);
  const read = { records, keyspace, unreadable };
  if (first !== undefined) known.set(first, read);
  return read;
}

function readKeyspace(name: string, records: RecordsByPath, unreadable: UnreadableRecord[]): KeyspaceRecords {
  const shards = [...records.values()].flatMap((record) => {
    const key = globalKeyOf(record);
    return key.kind === 'Shard' ? [key.shard] : [];
  });
  return {
    name,
    keyspace: readRecord(records, globalRecord.keyspace(name), { schema: recordSchemas.Keyspace }, unreadable),
    vschema: readRecord(records, globalRecord.vschema(name), { schema: recordSchemas.VSchema }, unreadable),
    shards: shards.sort(compareShardNames).map((shard): ShardRecord => {
      const record = globalRecord.shard(name, shard);
      const format = {
        schema: recordSchemas.Shard,
        problem: (value: Parameters<typeof shardProblem>[1]) => shardProblem(shard, value),
      };
      return { name: shard, record, shard: readRecord(records, record, format, unreadable) };
    }),
  };
}
