/** What changes to a topology mean, in plain words. */
import type { TimelineEvent } from '../../model/timelineEvent.ts';
import { recordName } from '../../model/record.ts';
import type { RecordChange, TopologyUpdate } from '../../model/topologyChange.ts';
import type { CellData, TopologyData, TopologyRecord } from '../../model/topologyData.ts';
import { parseCellPath, parseGlobalPath } from '../../records/topoKey.ts';
import { writtenWord, type ChangeWords, type WrittenRecord } from './changeWords.ts';
import { lockWords } from './lockWords.ts';
import {
  keyspaceRulesWords,
  mirrorRulesWords,
  routingWords,
  shardRulesWords,
  srvVSchemaWords,
} from './routingWords.ts';
import { shardWords, srvKeyspaceWords } from './shardWords.ts';

/** The changes of an update in their order, and the cells that were lost or found with it. `at` is in milliseconds since the epoch. */
export function timelineEvents(
  before: TopologyData,
  { data, changes, revision }: Pick<TopologyUpdate, 'data' | 'changes' | 'revision'>,
  at: number,
): TimelineEvent[] {
  const written = changes.map((change): TimelineEvent => {
    const old = recordOf(before, change);
    const words = wordsOf(change, { before: old, now: change.now }, data);
    const record = recordName(change.record);
    return {
      at,
      ...(revision !== undefined && { revision }),
      record,
      ...words,
      keyspaces: words.keyspaces ?? [],
      tables: words.tables ?? [],
    };
  });
  return [...written, ...cellEvents(before, data, at)];
}

function wordsOf({ record }: RecordChange, written: WrittenRecord, data: TopologyData): ChangeWords {
  if (record.cell !== undefined) return cellRecordWords(record.cell, record.path, written, data);
  const key = parseGlobalPath(record.path);
  switch (key.kind) {
    case 'Lock':
      return lockWords(written, key.lockedPath);
    case 'Shard':
      return shardWords(written, key.keyspace, key.shard);
    case 'RoutingRules':
      return routingWords(written);
    case 'ShardRoutingRules':
      return shardRulesWords(written);
    case 'KeyspaceRoutingRules':
      return keyspaceRulesWords(written);
    case 'MirrorRules':
      return mirrorRulesWords(written);
    case 'VSchema':
    case 'Keyspace':
      return { ...plainWords(`${key.kind} of ${key.keyspace}`, written), keyspaces: [key.keyspace] };
    default:
      return plainWords(record.path, written);
  }
}

function cellRecordWords(cell: string, path: string, written: WrittenRecord, data: TopologyData): ChangeWords {
  const key = parseCellPath(path);
  switch (key.kind) {
    case 'SrvVSchema':
      return srvVSchemaWords(written, cell, data.global);
    case 'SrvKeyspace':
      return srvKeyspaceWords(written, cell, key.keyspace);
    case 'Tablet':
      return plainWords(`the record of tablet ${key.alias}`, written);
    case 'ShardReplication':
      return {
        ...plainWords(`${cell}'s ShardReplication of ${key.keyspace}/${key.shard}`, written),
        keyspaces: [key.keyspace],
      };
    case 'Other':
      return plainWords(`${cell}/${path}`, written);
  }
}

/** A record of which no more is told than that it was written. */
function plainWords(what: string, { before, now }: WrittenRecord): ChangeWords {
  return { kind: 'other', text: `${what} ${writtenWord({ before, now })}` };
}

function recordOf({ global, cells }: TopologyData, { record }: RecordChange): TopologyRecord | undefined {
  const cell = cells.find((one) => one.cell === record.cell);
  const records = record.cell === undefined ? global : cell?.status === 'loaded' ? cell.records : [];
  return records.find(({ path }) => path === record.path);
}

function cellEvents(before: TopologyData, after: TopologyData, at: number): TimelineEvent[] {
  const earlier = new Map(before.cells.map((cell) => [cell.cell, cell]));
  const names = new Set([...earlier.keys(), ...after.cells.map(({ cell }) => cell)]);
  return [...names].flatMap((name): TimelineEvent[] => {
    const text = cellText(
      name,
      earlier.get(name),
      after.cells.find(({ cell }) => cell === name),
    );
    if (text === undefined) return [];
    return [{ at, kind: 'other', record: `cells/${name}/CellInfo`, text, keyspaces: [], tables: [] }];
  });
}

function cellText(name: string, before: CellData | undefined, now: CellData | undefined): string | undefined {
  if (now === undefined) return `the cell ${name} is gone`;
  if (now.status === 'failed') {
    return before?.status === 'failed' ? undefined : `the cell ${name} cannot be followed: ${now.failure.message}`;
  }
  if (before === undefined) return `the cell ${name} appears`;
  return before.status === 'failed' ? `the cell ${name} is read again` : undefined;
}
