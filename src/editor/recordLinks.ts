/** Names in a live record that lead to other records. */
import { parseRuleName } from '../diagnose/routing.ts';
import { cellRecord, globalRecord, type JsonPath, type RecordId } from '../model/record.ts';
import type { JsonDocument, TextRange } from '../records/jsonDocument.ts';
import { field, isRecord, items, text, type JsonObject } from '../records/jsonValue.ts';
import { parseCellPath, parseGlobalPath } from '../records/topoKey.ts';
import { tabletAliasName } from '../records/validate.ts';

export interface RecordLink {
  readonly range: TextRange;
  readonly record: RecordId;
  /** The place in the record that the name is about. */
  readonly path: JsonPath;
}

/** What a link's name is told from: the value at a path, or the field's own name. Of several for one place the first that exists counts. */
interface Target {
  readonly at: JsonPath;
  /** True to underline the field's name: its value spans lines. */
  readonly key?: boolean;
  readonly record: RecordId;
  readonly path?: JsonPath;
}

/** The links of a record's document to records that exist. Never throws. */
export function recordLinks(record: RecordId, json: JsonDocument, exists: (record: RecordId) => boolean): RecordLink[] {
  if (!isRecord(json.value)) return [];
  const linked = new Set<number>();
  return targetsOf(record, json.value).flatMap(({ at, key, record: target, path }) => {
    const range = key === true ? json.keyRangeAt(at) : json.rangeAt(at);
    if (range === undefined || linked.has(range.offset) || !exists(target)) return [];
    linked.add(range.offset);
    return [{ range: inner(range), record: target, path: path ?? [] }];
  });
}

/** Without the quotes, so that the text is what is underlined. */
function inner({ offset, length }: TextRange): TextRange {
  return length > 2 ? { offset: offset + 1, length: length - 2 } : { offset, length };
}

function targetsOf(record: RecordId, value: JsonObject): Target[] {
  const key = record.cell === undefined ? parseGlobalPath(record.path) : parseCellPath(record.path);
  switch (key.kind) {
    case 'Shard':
      return shardTargets(value);
    case 'RoutingRules':
      return tableRuleTargets(items(field(value, 'rules')), ['rules']);
    case 'MirrorRules':
      return mirrorRuleTargets(items(field(value, 'rules')), ['rules']);
    case 'ShardRoutingRules':
      return shardRuleTargets(items(field(value, 'rules')), ['rules']);
    case 'KeyspaceRoutingRules':
      return keyspaceRuleTargets(items(field(value, 'rules')), ['rules']);
    case 'SrvVSchema':
      return srvVSchemaTargets(value);
    case 'SrvKeyspace':
      return srvKeyspaceTargets(value, key.keyspace);
    case 'Tablet':
      return tabletTargets(value);
    case 'Keyspace':
      return named(value, 'base_keyspace', (name) => globalRecord.keyspace(name));
    default:
      return [];
  }
}

function named(value: JsonObject, name: string, record: (text: string) => RecordId): Target[] {
  const found = text(value, name);
  return found === '' ? [] : [{ at: [name], record: record(found) }];
}

function shardTargets(value: JsonObject): Target[] {
  const alias = field(value, 'primary_alias');
  const cell = isRecord(alias) ? text(alias, 'cell') : '';
  const uid = isRecord(alias) ? Number(field(alias, 'uid')) : NaN;
  const tablet = cellRecord.tablet(cell, tabletAliasName({ cell, uid }));
  const primary: Target[] = Number.isInteger(uid) ? [{ at: ['primary_alias'], key: true, record: tablet }] : [];
  const denied = items(field(value, 'tablet_controls')).flatMap((control, index) =>
    items(isRecord(control) ? field(control, 'denied_tables') : undefined).map((_, position): Target => ({
      at: ['tablet_controls', index, 'denied_tables', position],
      record: globalRecord.routingRules,
    })),
  );
  return [...primary, ...denied];
}

function tableTarget(at: JsonPath, name: unknown): Target[] {
  if (typeof name !== 'string') return [];
  const { keyspace, table } = parseRuleName(name);
  if (keyspace === undefined) return [];
  return [
    { at, record: globalRecord.vschema(keyspace), path: ['tables', table] },
    { at, record: globalRecord.keyspace(keyspace) },
  ];
}

function tableRuleTargets(rules: readonly unknown[], at: JsonPath): Target[] {
  return rules.flatMap((rule, index) =>
    items(isRecord(rule) ? field(rule, 'to_tables') : undefined).flatMap((to, position) =>
      tableTarget([...at, index, 'to_tables', position], to),
    ),
  );
}

function mirrorRuleTargets(rules: readonly unknown[], at: JsonPath): Target[] {
  return rules.flatMap((rule, index) =>
    ['from_table', 'to_table'].flatMap((name) =>
      isRecord(rule) ? tableTarget([...at, index, name], field(rule, name)) : [],
    ),
  );
}

function shardRuleTargets(rules: readonly unknown[], at: JsonPath): Target[] {
  return rules.filter(isRecord).flatMap((rule, index) =>
    ['from_keyspace', 'to_keyspace'].map((name): Target => ({
      at: [...at, index, name],
      record: globalRecord.shard(text(rule, name), text(rule, 'shard')),
    })),
  );
}

function keyspaceRuleTargets(rules: readonly unknown[], at: JsonPath): Target[] {
  return rules.filter(isRecord).flatMap((rule, index) =>
    ['from_keyspace', 'to_keyspace'].map((name): Target => ({
      at: [...at, index, name],
      record: globalRecord.keyspace(text(rule, name).split('@')[0] ?? ''),
    })),
  );
}

function srvVSchemaTargets(value: JsonObject): Target[] {
  const keyspaces = field(value, 'keyspaces');
  const rules = field(value, 'routing_rules');
  return [
    ...Object.keys(isRecord(keyspaces) ? keyspaces : {}).map((name): Target => ({
      at: ['keyspaces', name],
      key: true,
      record: globalRecord.vschema(name),
    })),
    { at: ['routing_rules'], key: true, record: globalRecord.routingRules },
    { at: ['shard_routing_rules'], key: true, record: globalRecord.shardRoutingRules },
    { at: ['keyspace_routing_rules'], key: true, record: globalRecord.keyspaceRoutingRules },
    { at: ['mirror_rules'], key: true, record: globalRecord.mirrorRules },
    ...tableRuleTargets(items(isRecord(rules) ? field(rules, 'rules') : undefined), ['routing_rules', 'rules']),
  ];
}

function srvKeyspaceTargets(value: JsonObject, keyspace: string): Target[] {
  return items(field(value, 'partitions')).flatMap((partition, index) =>
    ['shard_references', 'shard_tablet_controls'].flatMap((list) =>
      items(isRecord(partition) ? field(partition, list) : undefined).flatMap((entry, position): Target[] => {
        const shard = isRecord(entry) ? text(entry, 'name') : '';
        const at = ['partitions', index, list, position, 'name'];
        return shard === '' ? [] : [{ at, record: globalRecord.shard(keyspace, shard) }];
      }),
    ),
  );
}

function tabletTargets(value: JsonObject): Target[] {
  const keyspace = text(value, 'keyspace');
  return [
    ...named(value, 'keyspace', (name) => globalRecord.keyspace(name)),
    ...named(value, 'shard', (shard) => globalRecord.shard(keyspace, shard)),
  ];
}
