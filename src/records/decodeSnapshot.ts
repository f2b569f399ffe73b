import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Lock } from '../model/lock.ts';
import type { Reading } from '../model/reading.ts';
import { globalRecord, type RecordId } from '../model/record.ts';
import { remember, rememberPair } from '../model/remember.ts';
import type { TopologyData, TopologyRecord } from '../model/topologyData.ts';
import type { AskedWorkflows, WorkflowKnowledge } from '../model/workflow.ts';
import { readCell } from './cellRecords.ts';
import { readKeyspaces } from './keyspaceRecords.ts';
import { readLock } from './lockContents.ts';
import { globalKeyOf, readRecord, type RecordsByPath } from './recordReader.ts';
import { recordSchemas } from './recordTypes.ts';
import type { Snapshot, UnreadableRecord } from './snapshot.ts';
import { isMisplacedRecord, misplaced } from './topoKey.ts';
import { cellInfoProblem } from './validate.ts';
import { readWorkflowDumps } from './workflowDumps.ts';

/**
 * Decodes a whole topology. Never throws: whatever does not decode is a failed reading and listed in `unreadable`.
 * Records, cells and keyspaces that were decoded before, for another snapshot, are the same objects again.
 */
export function decodeSnapshot(data: TopologyData): Snapshot {
  const unreadable: UnreadableRecord[] = [];
  const global = byPath(data.global);
  const read = <Desc extends DescMessage>(schema: Desc, record: RecordId): Reading<MessageShape<Desc>> =>
    readRecord(global, record, { schema }, unreadable);
  const cells = new Map(data.cells.map((cell) => [cell.cell, cell]));
  const byKeyspace = new Map<string, TopologyRecord[]>();
  const lockRecords: TopologyRecord[] = [];
  for (const stored of global.values()) {
    const { path } = stored;
    const key = globalKeyOf(stored);
    if (key.kind === 'Keyspace' || key.kind === 'VSchema' || key.kind === 'Shard') {
      const records = byKeyspace.get(key.keyspace);
      if (records === undefined) byKeyspace.set(key.keyspace, [stored]);
      else records.push(stored);
    }
    if (key.kind === 'Lock') lockRecords.push(stored);
    if (key.kind === 'Other' && isMisplacedRecord('global', path))
      unreadable.push({ record: { path }, reason: misplaced });
    if (key.kind !== 'CellInfo') continue;
    readRecord(global, { path }, { schema: recordSchemas.CellInfo, problem: cellInfoProblem }, unreadable);
    // A cell that nobody tried to read must not look like a cell without contradictions.
    if (!cells.has(key.cell)) cells.set(key.cell, { cell: key.cell, status: 'failed', failure: notRead });
  }
  const dumped = workflowsOf(data.dumps);
  const workflows = data.workflows === undefined ? dumped : withAsked(dumped, data.workflows);
  return {
    source: data.source,
    readAt: data.readAt,
    ...(data.revision === undefined ? {} : { revision: data.revision }),
    notes: [...data.notes, ...workflows.problems],
    keyspaces: readKeyspaces(byKeyspace, unreadable),
    cells: [...cells.values()].map((cell) => readCell(cell, global, unreadable)).sort(byName),
    routingRules: read(recordSchemas.RoutingRules, globalRecord.routingRules),
    shardRoutingRules: read(recordSchemas.ShardRoutingRules, globalRecord.shardRoutingRules),
    keyspaceRoutingRules: read(recordSchemas.KeyspaceRoutingRules, globalRecord.keyspaceRoutingRules),
    mirrorRules: read(recordSchemas.MirrorRules, globalRecord.mirrorRules),
    locks: readLocks(lockRecords, unreadable),
    workflows,
    unreadable,
  };
}

const workflowsOf = remember(readWorkflowDumps);
const withAsked = rememberPair((dumped: WorkflowKnowledge, asked: AskedWorkflows): WorkflowKnowledge => ({
  ...dumped,
  asked,
}));
const notRead = { code: 'not-found', message: 'its CellInfo is there and its records were not read.' } as const;

function byPath(records: readonly TopologyRecord[]): RecordsByPath {
  return new Map(records.map((record) => [record.path, record]));
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function readLocks(records: readonly TopologyRecord[], unreadable: UnreadableRecord[]): Lock[] {
  const locks: Lock[] = [];
  for (const stored of records) {
    const key = globalKeyOf(stored);
    if (key.kind !== 'Lock') continue;
    const lock = readLock(stored, key.lockedPath);
    if (lock.contents.status === 'failed') unreadable.push({ record: lock.record, reason: lock.contents.reason });
    locks.push(lock);
  }
  return locks.sort((a, b) => (a.record.path < b.record.path ? -1 : 1));
}
