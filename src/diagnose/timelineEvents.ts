/** What writes to a topology did, in words, record by record. */
import { lockHolder, lockTarget } from '../model/lock.ts';
import { loadedValue, type Reading } from '../model/reading.ts';
import { recordName, type RecordId } from '../model/record.ts';
import type { TimelineEvent } from '../model/timelineEvent.ts';
import type { RecordChange } from '../model/topologyChange.ts';
import { listWords } from '../model/words.ts';
import type { Shard } from '../records/gen/topodata_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import { tabletTypeName } from '../records/tabletTypeName.ts';
import { parseCellPath, parseGlobalPath } from '../records/topoKey.ts';
import { tabletAliasName } from '../records/validate.ts';
import { primaryDenials } from './deniedTables.ts';
import { keyspaceRuleChanges, routingChanges, shardRuleChanges, type RuleChanges } from './ruleChanges.ts';

/** The changes of one moment, and the topology on either side of it. */
export interface TopologyStep {
  readonly changes: readonly RecordChange[];
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** When this process learnt of it, in milliseconds since the epoch. */
  readonly at: number;
  readonly revision: string | undefined;
}

type Told = Pick<TimelineEvent, 'kind' | 'text'> & Partial<Pick<TimelineEvent, 'keyspaces' | 'tables'>>;

/** One event for each change, in the order of the changes. */
export function timelineEvents(step: TopologyStep): TimelineEvent[] {
  const { changes, at, revision } = step;
  return changes.map((change): TimelineEvent => {
    const { record } = change;
    const told = record.cell === undefined ? globalEvent(change, step) : cellEvent(record.cell, change, step);
    return {
      at,
      ...(revision === undefined ? {} : { revision }),
      record: recordName(record),
      keyspaces: [],
      tables: [],
      ...told,
    };
  });
}

function globalEvent({ record, now }: RecordChange, { before, after }: TopologyStep): Told {
  const key = parseGlobalPath(record.path);
  switch (key.kind) {
    case 'Lock':
      return lockEvent(record, key.lockedPath, now === undefined ? before : after, now === undefined);
    case 'Shard':
      return shardEvent(key, shardOf(before, key), shardOf(after, key));
    case 'RoutingRules':
      return rulesEvent('RoutingRules', before.routingRules, after.routingRules, routingChanges);
    case 'ShardRoutingRules':
      return rulesEvent('ShardRoutingRules', before.shardRoutingRules, after.shardRoutingRules, shardRuleChanges);
    case 'KeyspaceRoutingRules':
      return rulesEvent(
        'KeyspaceRoutingRules',
        before.keyspaceRoutingRules,
        after.keyspaceRoutingRules,
        keyspaceRuleChanges,
      );
    case 'MirrorRules':
      return { kind: 'routing-rules', text: `MirrorRules were ${written(now)}` };
    case 'Keyspace':
    case 'VSchema':
      return {
        kind: 'other',
        text: `the ${key.kind} of ${key.keyspace} was ${written(now)}`,
        keyspaces: [key.keyspace],
      };
    case 'CellInfo':
      return { kind: 'other', text: `the CellInfo of ${key.cell} was ${written(now)}` };
    case 'Other':
      return { kind: 'other', text: `${record.path} was ${written(now)}` };
  }
}

function cellEvent(cell: string, { record, now }: RecordChange, { before, after }: TopologyStep): Told {
  const key = parseCellPath(record.path);
  switch (key.kind) {
    case 'SrvVSchema': {
      const [earlier, later] = [before, after].map((one) => rulesOfCell(one, cell));
      return { ...rulesEvent(`the SrvVSchema of ${cell}`, earlier, later, routingChanges), kind: 'srv-vschema' };
    }
    case 'SrvKeyspace':
      return {
        kind: 'serving-graph',
        text: `the SrvKeyspace of ${key.keyspace} in ${cell} was ${written(now)}`,
        keyspaces: [key.keyspace],
      };
    case 'ShardReplication':
      return {
        kind: 'other',
        text: `the ShardReplication of ${key.keyspace}/${key.shard} in ${cell} was ${written(now)}`,
        keyspaces: [key.keyspace],
      };
    case 'Tablet':
      return tabletEvent(cell, key.alias, after, now);
    case 'Other':
      return { kind: 'other', text: `${recordName(record)} was ${written(now)}` };
  }
}

function written(now: RecordChange['now']): string {
  return now === undefined ? 'deleted' : 'written';
}

function lockEvent(record: RecordId, lockedPath: string, { locks }: Snapshot, isGone: boolean): Told {
  const lock = locks.find((one) => recordName(one.record) === recordName(record));
  const holder = lock === undefined ? 'an unknown holder' : lockHolder(lock.contents);
  const target = lockTarget(lockedPath);
  return {
    kind: isGone ? 'lock-released' : 'lock-taken',
    text: isGone ? `the lock on ${lockedPath} is gone; it was of ${holder}` : `${lockedPath} was locked by ${holder}`,
    keyspaces: target.kind === 'other' ? [] : [target.keyspace],
  };
}

interface ShardKey {
  readonly keyspace: string;
  readonly shard: string;
}

function shardOf({ keyspaces }: Snapshot, { keyspace, shard }: ShardKey): Reading<Shard> {
  const found = keyspaces.get(keyspace)?.shards.find(({ name }) => name === shard);
  return found?.shard ?? { status: 'absent' };
}

function shardEvent({ keyspace, shard }: ShardKey, before: Reading<Shard>, after: Reading<Shard>): Told {
  const name = `${keyspace}/${shard}`;
  const keyspaces = [keyspace];
  if (after.status === 'failed') {
    return { kind: 'other', text: `the Shard record of ${name} cannot be read: ${after.reason}`, keyspaces };
  }
  if (after.status === 'absent') return { kind: 'other', text: `the Shard record of ${name} was deleted`, keyspaces };
  const was = new Set(deniedBy(before));
  const is = new Set(deniedBy(after));
  const denied = [...is].filter((table) => !was.has(table)).sort();
  const allowed = [...was].filter((table) => !is.has(table)).sort();
  const parts = [
    ...(denied.length === 0 ? [] : [`denies ${listWords(denied)}`]),
    ...(allowed.length === 0 ? [] : [`allows ${listWords(allowed)}`]),
    ...primaryWords(before, after.value),
  ];
  const tables = [...new Set([...denied, ...allowed])].sort();
  const kind = tables.length > 0 ? 'denied-tables' : 'other';
  const text =
    parts.length === 0
      ? `the Shard record of ${name} was written, its denied tables as before`
      : `${name} ${parts.join(', ')}`;
  return { kind, text, keyspaces, tables };
}

function deniedBy(shard: Reading<Shard>): string[] {
  return shard.status === 'loaded' ? primaryDenials(shard.value).map(({ entry }) => entry) : [];
}

function primaryWords(before: Reading<Shard>, after: Shard): string[] {
  const was = loadedValue(before);
  const name = (shard: Shard | undefined): string =>
    shard?.primaryAlias === undefined ? 'no primary' : tabletAliasName(shard.primaryAlias);
  return [
    ...(was !== undefined && name(was) !== name(after) ? [`has ${name(after)} for its primary`] : []),
    ...(was !== undefined && was.isPrimaryServing !== after.isPrimaryServing
      ? [after.isPrimaryServing ? 'serves' : 'serves no longer']
      : []),
  ];
}

function rulesEvent<T>(
  name: string,
  before: Reading<T> | undefined,
  after: Reading<T> | undefined,
  changesOf: (before: T | undefined, after: T | undefined) => RuleChanges,
): Told {
  const kind = 'routing-rules';
  if (after?.status === 'failed') return { kind, text: `${name} cannot be read: ${after.reason}` };
  if (before?.status === 'failed') return { kind, text: `${name} can be read again` };
  const { words, keyspaces, tables } = changesOf(
    before === undefined ? undefined : loadedValue(before),
    after === undefined ? undefined : loadedValue(after),
  );
  if (after?.status !== 'loaded') return { kind, text: `${name} was deleted`, keyspaces, tables };
  const text = words.length === 0 ? `${name} was written, its rules as before` : `${name}: ${words.join('; ')}`;
  return { kind, text, keyspaces, tables };
}

function rulesOfCell({ cells }: Snapshot, cell: string) {
  const found = cells.find(({ name }) => name === cell)?.srvVSchema;
  if (found?.status !== 'loaded') return found;
  const rules = found.value.routingRules;
  return rules === undefined ? ({ status: 'absent' } as const) : ({ status: 'loaded', value: rules } as const);
}

function tabletEvent(cell: string, alias: string, { cells }: Snapshot, now: RecordChange['now']): Told {
  const tablet = cells.find(({ name }) => name === cell)?.tablets.find((one) => one.alias === alias)?.tablet;
  if (now === undefined) return { kind: 'other', text: `the Tablet record of ${alias} was deleted` };
  if (tablet?.status !== 'loaded') return { kind: 'other', text: `the Tablet record of ${alias} cannot be read` };
  const { keyspace, shard, type } = tablet.value;
  return { kind: 'other', text: `${alias} of ${keyspace}/${shard} is ${tabletTypeName(type)}`, keyspaces: [keyspace] };
}
