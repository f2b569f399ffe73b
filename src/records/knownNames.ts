/**
 * Which keyspaces, shards and cells a set of dumps speaks of. Where no dump lists
 * them completely, every name that some record mentions counts: the record
 * behind it is unknown, not absent.
 */
import { isMessage, type Message } from '@bufbuild/protobuf';
import { compareShardNames } from '../model/keyRange.ts';
import type { Workflow } from '../model/workflow.ts';
import { SrvKeyspaceSchema, TabletSchema } from './gen/topodata_pb.js';
import {
  KeyspaceRoutingRulesSchema,
  MirrorRulesSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  SrvVSchemaSchema,
} from './gen/vschema_pb.js';
import type { GivenRecord } from './givenRecords.ts';
import type { NameList } from './recognizedDocument.ts';
import { parseCellPath, parseGlobalPath } from './topoKey.ts';
import { uncoveredRanges } from './uncoveredRanges.ts';

export interface KnownNames {
  readonly keyspaces: readonly string[];
  /** Shards by keyspace, in key range order; a key range that no known shard covers stands for the unknown ones. */
  readonly shards: ReadonlyMap<string, readonly string[]>;
  /** Keyspaces whose shards the dumps list completely. */
  readonly shardsListed: ReadonlySet<string>;
  readonly cells: readonly string[];
  /** True when the dumps list every cell, so that no further cell can exist. */
  readonly allCells: boolean;
}

/** Collects the names from the records, the lists and the workflows of a set. */
export function knownNames(
  records: readonly GivenRecord[],
  lists: readonly NameList[],
  workflows: readonly Workflow[],
): KnownNames {
  const given = new Names();
  const mentioned = new Names();
  for (const { record, reading } of records) {
    addOwnName(given, record.cell, record.path);
    if (reading.status === 'loaded') addMentioned(mentioned, record.cell, record.path, reading.value);
  }
  for (const { keyspace, source } of workflows) mentioned.addKeyspaces(keyspace, source ?? '');
  const listedKeyspaces = lists.filter((list) => list.of === 'keyspaces').flatMap(({ names }) => names);
  const keyspaces = new Set([...given.shards.keys(), ...listedKeyspaces]);
  if (!lists.some(({ of }) => of === 'keyspaces')) for (const name of mentioned.shards.keys()) keyspaces.add(name);
  return {
    keyspaces: [...keyspaces].sort(),
    shards: new Map([...keyspaces].map((keyspace) => [keyspace, shardsOf(keyspace, given, mentioned, lists)])),
    shardsListed: new Set(lists.flatMap((list) => (list.of === 'shards' ? [list.keyspace] : []))),
    cells: [
      ...new Set([...given.cells, ...lists.filter(({ of }) => of === 'cells').flatMap(({ names }) => names)]),
    ].sort(),
    allCells: lists.some(({ of }) => of === 'cells'),
  };
}

function shardsOf(keyspace: string, given: Names, mentioned: Names, lists: readonly NameList[]): string[] {
  const own = [...(given.shards.get(keyspace) ?? [])];
  const listed = lists.filter((list) => list.of === 'shards' && list.keyspace === keyspace);
  const names = new Set([...own, ...listed.flatMap((list) => list.names)]);
  if (listed.length === 0) {
    for (const name of mentioned.shards.get(keyspace) ?? []) names.add(name);
    for (const name of uncoveredRanges([...names])) names.add(name);
  }
  return [...names].sort(compareShardNames);
}

class Names {
  readonly shards = new Map<string, Set<string>>();
  readonly cells = new Set<string>();

  addKeyspaces(...names: readonly string[]): void {
    for (const name of names) if (name !== '' && !this.shards.has(name)) this.shards.set(name, new Set());
  }

  addShard(keyspace: string, shard: string): void {
    this.addKeyspaces(keyspace);
    if (shard !== '') this.shards.get(keyspace)?.add(shard);
  }
}

function addOwnName(given: Names, cell: string | undefined, path: string): void {
  if (cell !== undefined) given.cells.add(cell);
  const key = cell === undefined ? parseGlobalPath(path) : { kind: 'Other' as const };
  if (key.kind === 'Keyspace' || key.kind === 'VSchema') given.addKeyspaces(key.keyspace);
  if (key.kind === 'Shard') given.addShard(key.keyspace, key.shard);
  if (key.kind === 'CellInfo') given.cells.add(key.cell);
}

function addMentioned(names: Names, cell: string | undefined, path: string, message: Message): void {
  if (isMessage(message, RoutingRulesSchema)) {
    for (const { fromTable, toTables } of message.rules)
      names.addKeyspaces(...[fromTable, ...toTables].map(keyspaceOf));
  } else if (isMessage(message, MirrorRulesSchema)) {
    for (const { fromTable, toTable } of message.rules) names.addKeyspaces(keyspaceOf(fromTable), keyspaceOf(toTable));
  } else if (isMessage(message, ShardRoutingRulesSchema)) {
    for (const { fromKeyspace, toKeyspace, shard } of message.rules) {
      names.addShard(fromKeyspace, shard);
      names.addShard(toKeyspace, shard);
    }
  } else if (isMessage(message, KeyspaceRoutingRulesSchema)) {
    for (const { fromKeyspace, toKeyspace } of message.rules) {
      names.addKeyspaces(fromKeyspace.split('@')[0] ?? '', toKeyspace);
    }
  } else if (isMessage(message, SrvVSchemaSchema)) {
    names.addKeyspaces(...Object.keys(message.keyspaces));
  } else if (isMessage(message, TabletSchema)) {
    names.addShard(message.keyspace, message.shard);
  } else if (isMessage(message, SrvKeyspaceSchema)) {
    const key = cell === undefined ? undefined : parseCellPath(path);
    if (key?.kind !== 'SrvKeyspace') return;
    names.addKeyspaces(key.keyspace);
    for (const { shardReferences } of message.partitions) {
      for (const { name } of shardReferences) names.addShard(key.keyspace, name);
    }
  }
}

/** The keyspace of a table as a rule names it: `customer.corder@replica`; empty when it names none. */
function keyspaceOf(table: string): string {
  const dot = table.indexOf('.');
  return dot < 0 ? '' : table.slice(0, dot);
}
