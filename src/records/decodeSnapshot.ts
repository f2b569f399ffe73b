import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { compareShardNames } from '../model/keyRange.ts';
import type { Lock } from '../model/lock.ts';
import type { Reading } from '../model/reading.ts';
import { cellRecord, globalRecord, type RecordId } from '../model/record.ts';
import type { CellData, TopologyData, TopologyRecord } from '../model/topologyData.ts';
import { decode } from './decode.ts';
import { readWorkflowDumps } from './workflowDumps.ts';
import { readLock } from './lockContents.ts';
import { recordSchemas } from './recordTypes.ts';
import type {
  CellRecords,
  KeyspaceRecords,
  ShardRecord,
  Snapshot,
  TabletRecord,
  UnreadableRecord,
} from './snapshot.ts';
import { isMisplacedRecord, parseCellPath, parseGlobalPath } from './topoKey.ts';
import { cellInfoProblem, shardProblem, tabletProblem } from './validate.ts';

/** Decodes a whole topology. Never throws: whatever does not decode is a failed reading and listed in `unreadable`. */
export function decodeSnapshot(data: TopologyData): Snapshot {
  const unreadable: UnreadableRecord[] = [];
  const read = reader(unreadable);
  const global = byPath(data.global);
  const cells = new Map(data.cells.map((cell) => [cell.cell, cell]));
  for (const path of global.keys()) {
    const key = parseGlobalPath(path);
    if (isMisplacedRecord('global', path)) unreadable.push({ record: { path }, reason: misplaced });
    if (key.kind !== 'CellInfo') continue;
    read(recordSchemas.CellInfo, global, { path }, cellInfoProblem);
    // A cell that nobody tried to read must not look like a cell without contradictions.
    if (!cells.has(key.cell)) cells.set(key.cell, { cell: key.cell, status: 'failed', failure: notRead });
  }
  const workflows = readWorkflowDumps(data.dumps);
  return {
    source: data.source,
    readAt: data.readAt,
    ...(data.revision === undefined ? {} : { revision: data.revision }),
    notes: [...data.notes, ...workflows.problems],
    keyspaces: readKeyspaces(global, read),
    cells: [...cells.values()].map((cell) => readCell(cell, unreadable)).sort(byName),
    routingRules: read(recordSchemas.RoutingRules, global, globalRecord.routingRules),
    shardRoutingRules: read(recordSchemas.ShardRoutingRules, global, globalRecord.shardRoutingRules),
    keyspaceRoutingRules: read(recordSchemas.KeyspaceRoutingRules, global, globalRecord.keyspaceRoutingRules),
    mirrorRules: read(recordSchemas.MirrorRules, global, globalRecord.mirrorRules),
    locks: readLocks(data.global, unreadable),
    workflows,
    unreadable,
  };
}

const misplaced = 'its key is not one under which Vitess keeps such a record';
const notRead = { code: 'not-found', message: 'its CellInfo is there and its records were not read.' } as const;

type RecordsByPath = ReadonlyMap<string, TopologyRecord>;
type Read = <Desc extends DescMessage>(
  schema: Desc,
  records: RecordsByPath,
  record: RecordId,
  problem?: (value: MessageShape<Desc>) => string | undefined,
) => Reading<MessageShape<Desc>>;

/** A reader that notes each failure it meets. */
function reader(unreadable: UnreadableRecord[]): Read {
  return (schema, records, record, problem) => {
    const found = records.get(record.path);
    if (found === undefined) return { status: 'absent' };
    let reading = decode(schema, found.value);
    const wrong = reading.status === 'loaded' ? problem?.(reading.value) : undefined;
    if (wrong !== undefined) reading = { status: 'failed', reason: wrong };
    if (reading.status === 'failed') unreadable.push({ record, reason: reading.reason });
    return reading;
  };
}

function byPath(records: readonly TopologyRecord[]): RecordsByPath {
  return new Map(records.map((record) => [record.path, record]));
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function readKeyspaces(global: RecordsByPath, read: Read): Map<string, KeyspaceRecords> {
  const shardNames = new Map<string, Set<string>>();
  for (const path of global.keys()) {
    const key = parseGlobalPath(path);
    if (key.kind !== 'Keyspace' && key.kind !== 'VSchema' && key.kind !== 'Shard') continue;
    const shards = shardNames.get(key.keyspace) ?? new Set();
    shardNames.set(key.keyspace, shards);
    if (key.kind === 'Shard') shards.add(key.shard);
  }
  const keyspaces = [...shardNames].map(([name, shards]): KeyspaceRecords => ({
    name,
    keyspace: read(recordSchemas.Keyspace, global, globalRecord.keyspace(name)),
    vschema: read(recordSchemas.VSchema, global, globalRecord.vschema(name)),
    shards: [...shards].sort(compareShardNames).map((shard): ShardRecord => {
      const record = globalRecord.shard(name, shard);
      return { name: shard, record, shard: read(recordSchemas.Shard, global, record, (s) => shardProblem(shard, s)) };
    }),
  }));
  return new Map(keyspaces.sort(byName).map((keyspace) => [keyspace.name, keyspace]));
}

function readCell(data: CellData, unreadable: UnreadableRecord[]): CellRecords {
  if (data.status === 'failed') {
    const failed = { status: 'failed', reason: data.failure.message } as const;
    return { name: data.cell, failure: data.failure, srvVSchema: failed, srvKeyspaces: new Map(), tablets: [] };
  }
  const read = reader(unreadable);
  const records = byPath(data.records);
  const srvKeyspaces: [string, CellRecords['srvKeyspaces'] extends ReadonlyMap<string, infer R> ? R : never][] = [];
  const tablets: TabletRecord[] = [];
  for (const path of records.keys()) {
    const key = parseCellPath(path);
    if (key.kind === 'SrvKeyspace') {
      const record = cellRecord.srvKeyspace(data.cell, key.keyspace);
      srvKeyspaces.push([key.keyspace, read(recordSchemas.SrvKeyspace, records, record)]);
    } else if (key.kind === 'Tablet') {
      const record = cellRecord.tablet(data.cell, key.alias);
      const tablet = read(recordSchemas.Tablet, records, record, (t) => tabletProblem(key.alias, t));
      tablets.push({ alias: key.alias, record, tablet });
    } else if (key.kind === 'ShardReplication') {
      read(recordSchemas.ShardReplication, records, { cell: data.cell, path });
    } else if (isMisplacedRecord('cell', path)) {
      unreadable.push({ record: { cell: data.cell, path }, reason: misplaced });
    }
  }
  return {
    name: data.cell,
    address: data.address,
    root: data.root,
    srvVSchema: read(recordSchemas.SrvVSchema, records, cellRecord.srvVSchema(data.cell)),
    srvKeyspaces: new Map(srvKeyspaces.sort(([a], [b]) => (a < b ? -1 : 1))),
    tablets: tablets.sort((a, b) => (a.alias < b.alias ? -1 : 1)),
  };
}

function readLocks(records: readonly TopologyRecord[], unreadable: UnreadableRecord[]): Lock[] {
  const locks: Lock[] = [];
  for (const stored of records) {
    const key = parseGlobalPath(stored.path);
    if (key.kind !== 'Lock') continue;
    const lock = readLock(stored, key.lockedPath);
    if (lock.contents.status === 'failed') unreadable.push({ record: lock.record, reason: lock.contents.reason });
    locks.push(lock);
  }
  return locks.sort((a, b) => (a.record.path < b.record.path ? -1 : 1));
}
