/**
 * Records that are printed without their name: rules, which there is one of
 * each, and what only the file's name or path can place.
 */
import { cellRecord, globalRecord, type JsonPath } from '../model/record.ts';
import { field, hasField, isRecord, type JsonObject } from './jsonValue.ts';
import {
  mergeRecognized,
  nothingRecognized,
  oneReading,
  oneRecord,
  oneUnnamed,
  type DocumentHints,
  type RecognizedDocument,
} from './recognizedDocument.ts';
import { shardFromJson } from './shardJson.ts';
import { parseGlobalPath } from './topoKey.ts';

/** Recognizes a record, or a map of records by cell, that does not say its own name. */
export function recognizeBare(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const rules = field(value, 'rules');
  if (Array.isArray(rules)) return fromRules(value, rules, at, hints);
  const vschema = vschemaKeyspace(hints);
  if (vschema !== undefined) return oneRecord('VSchema', globalRecord.vschema(vschema), value, at);
  if (isSrvVSchema(value)) return fromSrvVSchema(value, at, hints);
  if (Array.isArray(field(value, 'partitions'))) return fromSrvKeyspace(value, at, hints);
  if (['tablet_controls', 'is_primary_serving', 'primary_alias'].some((name) => hasField(value, name))) {
    return fromShard(value, at, hints);
  }
  return fromCells(value, at, hints);
}

function isSrvVSchema(value: JsonObject): boolean {
  return isRecord(field(value, 'keyspaces')) && hasField(value, 'routing_rules');
}

function fromSrvVSchema(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const cell = hints.record?.cell ?? /^GetSrvVSchema-(.+)$/.exec(hints.baseName)?.[1];
  return cell === undefined
    ? oneUnnamed('SrvVSchema', at, 'GetSrvVSchema-<cell>.json')
    : oneRecord('SrvVSchema', cellRecord.srvVSchema(cell), value, at);
}

function fromSrvKeyspace(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const cell = hints.record?.cell;
  const keyspace = srvKeyspaceKeyspace(hints);
  return cell === undefined || keyspace === undefined
    ? oneUnnamed('SrvKeyspace', at, '<cell>/keyspaces/<keyspace>/SrvKeyspace.json')
    : oneRecord('SrvKeyspace', cellRecord.srvKeyspace(cell, keyspace), value, at);
}

function fromShard(value: JsonObject, at: JsonPath, { record }: DocumentHints): RecognizedDocument {
  const key = record !== undefined && record.cell === undefined ? parseGlobalPath(record.path) : undefined;
  return record === undefined || key?.kind !== 'Shard'
    ? oneUnnamed('Shard', at, 'keyspaces/<keyspace>/shards/<shard>/Shard.json')
    : oneReading('Shard', record, shardFromJson(value, key.shard), at);
}

/** GetSrvVSchemas and GetSrvKeyspaces print a map from cell to record; a cell without the record is null. */
function fromCells(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const entries = Object.entries(value);
  const filled = entries.filter((entry): entry is [string, JsonObject] => isRecord(entry[1]));
  if (filled.length === 0) return nothingRecognized;
  if (filled.every(([, entry]) => isRecord(field(entry, 'keyspaces')))) {
    const records = filled.map(([cell, entry]) =>
      oneRecord('SrvVSchema', cellRecord.srvVSchema(cell), entry, [...at, cell]),
    );
    // Without arguments GetSrvVSchemas prints every cell.
    return { ...mergeRecognized(records), lists: [{ of: 'cells', names: filled.map(([cell]) => cell) }] };
  }
  if (!filled.every(([, entry]) => Array.isArray(field(entry, 'partitions')))) return nothingRecognized;
  const keyspace = srvKeyspaceKeyspace(hints);
  if (keyspace === undefined) return oneUnnamed('SrvKeyspace', at, 'GetSrvKeyspaces-<keyspace>.json');
  return mergeRecognized(
    entries.map(([cell, entry]) => {
      const record = cellRecord.srvKeyspace(cell, keyspace);
      return entry === null
        ? oneReading('SrvKeyspace', record, { status: 'absent' }, [...at, cell])
        : oneRecord('SrvKeyspace', record, entry, [...at, cell]);
    }),
  );
}

function srvKeyspaceKeyspace({ record, baseName }: DocumentHints): string | undefined {
  return (
    /^keyspaces\/([^/]+)\/SrvKeyspace$/.exec(record?.path ?? '')?.[1] ?? /^GetSrvKeyspaces?-(.+)$/.exec(baseName)?.[1]
  );
}

function vschemaKeyspace({ record, baseName }: DocumentHints): string | undefined {
  const key = record === undefined || record.cell !== undefined ? undefined : parseGlobalPath(record.path);
  return key?.kind === 'VSchema' ? key.keyspace : /^GetVSchema-(.+)$/.exec(baseName)?.[1];
}

const ruleKinds = {
  RoutingRules: globalRecord.routingRules,
  ShardRoutingRules: globalRecord.shardRoutingRules,
  KeyspaceRoutingRules: globalRecord.keyspaceRoutingRules,
  MirrorRules: globalRecord.mirrorRules,
} as const;

/** The four rule records look alike; an empty list is told by the file's name only. */
function fromRules(
  value: JsonObject,
  rules: readonly unknown[],
  at: JsonPath,
  hints: DocumentHints,
): RecognizedDocument {
  const first = rules.find(isRecord);
  const kind = first === undefined ? ruleKindByName(hints) : ruleKindByShape(first);
  if (kind !== undefined) return oneRecord(kind, ruleKinds[kind], value, at);
  // Any program may have an empty list of rules: only a name that speaks of routing makes it one of Vitess's.
  const meant = rules.length === 0 && Object.keys(value).length === 1 && /rout|mirror/i.test(hints.baseName);
  return meant ? oneUnnamed('RoutingRules', at, 'GetRoutingRules.json') : nothingRecognized;
}

function ruleKindByShape(rule: JsonObject): keyof typeof ruleKinds | undefined {
  if (hasField(rule, 'from_keyspace')) return hasField(rule, 'shard') ? 'ShardRoutingRules' : 'KeyspaceRoutingRules';
  if (!hasField(rule, 'from_table')) return undefined;
  return hasField(rule, 'to_table') ? 'MirrorRules' : 'RoutingRules';
}

function ruleKindByName({ record, baseName }: DocumentHints): keyof typeof ruleKinds | undefined {
  const kinds = Object.keys(ruleKinds) as (keyof typeof ruleKinds)[];
  return kinds.find((kind) => record?.path === ruleKinds[kind].path || baseName === `Get${kind}` || baseName === kind);
}
