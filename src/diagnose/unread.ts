/** Which of the records that a judgement rests on could not be read: without them it is not complete. */
import type { Move } from '../model/move.ts';
import type { Reading } from '../model/reading.ts';
import { cellRecord, globalRecord, recordName, type RecordId } from '../model/record.ts';
import type { KeyspaceRecords, Snapshot } from '../records/snapshot.ts';

type Named = readonly [RecordId, Reading<unknown>];

/** The names of records that a judgement of the move rests on and that could not be read, and of the keyspaces whose workflows were asked for and not told. */
export function unreadOfMove(snapshot: Snapshot, { kind, source, target }: Move): readonly string[] {
  const rules: Named =
    kind === 'multi-tenant'
      ? [globalRecord.keyspaceRoutingRules, snapshot.keyspaceRoutingRules]
      : [globalRecord.routingRules, snapshot.routingRules];
  const records = failedNames([
    rules,
    [globalRecord.shardRoutingRules, snapshot.shardRoutingRules],
    ...snapshot.cells.map(({ name, srvVSchema }): Named => [cellRecord.srvVSchema(name), srvVSchema]),
    ...[source, target].flatMap((name) => keyspaceReadings(snapshot.keyspaces.get(name))),
  ]);
  const untold = (snapshot.workflows.asked?.unread ?? []).filter(
    ({ keyspace, workflow }) => workflow === undefined && (keyspace === source || keyspace === target),
  );
  return [...records, ...untold.map(({ keyspace }) => `the workflows of ${keyspace}`)];
}

/** The names of records that a judgement of the keyspace itself rests on, its moves left out, and that could not be read. */
export function unreadOfKeyspace(snapshot: Snapshot, keyspace: KeyspaceRecords): readonly string[] {
  return failedNames([
    ...keyspaceReadings(keyspace),
    [globalRecord.routingRules, snapshot.routingRules],
    [globalRecord.shardRoutingRules, snapshot.shardRoutingRules],
    [globalRecord.keyspaceRoutingRules, snapshot.keyspaceRoutingRules],
  ]);
}

function keyspaceReadings(keyspace: KeyspaceRecords | undefined): Named[] {
  if (keyspace === undefined) return [];
  return [
    [globalRecord.keyspace(keyspace.name), keyspace.keyspace],
    [globalRecord.vschema(keyspace.name), keyspace.vschema],
    ...keyspace.shards.map(({ record, shard }): Named => [record, shard]),
  ];
}

function failedNames(records: readonly Named[]): string[] {
  return records.flatMap(([record, { status }]) => (status === 'failed' ? [recordName(record)] : []));
}
