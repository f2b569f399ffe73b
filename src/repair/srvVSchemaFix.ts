/** A cell's SrvVSchema made to carry the global records; only what differs is changed. */
import { clone, create, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { RuleDifference } from '../diagnose/srvVSchemaDiff.ts';
import { groupBy } from '../model/groupBy.ts';
import { loadedValue } from '../model/reading.ts';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  RoutingRuleSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  type RoutingRule,
  type SrvVSchema,
} from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';

/** What of a SrvVSchema is changed. */
export interface SrvVSchemaParts {
  readonly rules: readonly RuleDifference[];
  readonly keyspaces: readonly string[];
  /** Names of the other rule records: `ShardRoutingRules`, … */
  readonly records: readonly string[];
}

/** Changes a SrvVSchema in place, to what the global records of `wanted` say. */
export function changeSrvVSchema(srvVSchema: SrvVSchema, wanted: Snapshot, parts: SrvVSchemaParts): void {
  if (parts.rules.length > 0) {
    const message = (srvVSchema.routingRules ??= create(RoutingRulesSchema));
    const globals = loadedValue(wanted.routingRules)?.rules ?? [];
    message.rules = changedRules(message.rules, globals, new Set(parts.rules.map(({ fromTable }) => fromTable)));
  }
  for (const keyspace of parts.keyspaces) changeKeyspace(srvVSchema, wanted, keyspace);
  for (const name of parts.records) changeRecord(srvVSchema, wanted, name);
}

/** A SrvVSchema as RebuildVSchemaGraph writes it. */
export function buildSrvVSchema(srvVSchema: SrvVSchema, wanted: Snapshot): void {
  srvVSchema.routingRules = cloneOf(RoutingRulesSchema, loadedValue(wanted.routingRules));
  for (const name of ruleRecordNames) changeRecord(srvVSchema, wanted, name);
  for (const keyspace of wanted.keyspaces.keys()) changeKeyspace(srvVSchema, wanted, keyspace);
}

/** The rule records that a SrvVSchema carries besides RoutingRules. */
export const ruleRecordNames = ['ShardRoutingRules', 'KeyspaceRoutingRules', 'MirrorRules'] as const;

/** The cell's rules with those of some names replaced by the global ones, in their place; new ones come last. */
function changedRules(
  cell: readonly RoutingRule[],
  globals: readonly RoutingRule[],
  names: ReadonlySet<string>,
): RoutingRule[] {
  const placed = new Set<string>();
  const byName = groupBy(globals, ({ fromTable }) => fromTable);
  const named = (name: string): RoutingRule[] => (byName.get(name) ?? []).map((rule) => clone(RoutingRuleSchema, rule));
  const kept = cell.flatMap((rule) => {
    if (!names.has(rule.fromTable)) return [rule];
    if (placed.has(rule.fromTable)) return [];
    placed.add(rule.fromTable);
    return named(rule.fromTable);
  });
  return [...kept, ...[...names].filter((name) => !placed.has(name)).flatMap(named)];
}

function changeKeyspace(srvVSchema: SrvVSchema, wanted: Snapshot, keyspace: string): void {
  const records = wanted.keyspaces.get(keyspace);
  if (records === undefined) {
    Reflect.deleteProperty(srvVSchema.keyspaces, keyspace);
    return;
  }
  const vschema = cloneOf(VSchemaSchema, loadedValue(records.vschema));
  // A keyspace may be named like a property that every object has.
  Object.defineProperty(srvVSchema.keyspaces, keyspace, {
    value: vschema,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function changeRecord(srvVSchema: SrvVSchema, wanted: Snapshot, name: string): void {
  switch (name) {
    case 'ShardRoutingRules':
      srvVSchema.shardRoutingRules = cloneOf(ShardRoutingRulesSchema, loadedValue(wanted.shardRoutingRules));
      break;
    case 'KeyspaceRoutingRules':
      srvVSchema.keyspaceRoutingRules = cloneOf(KeyspaceRoutingRulesSchema, loadedValue(wanted.keyspaceRoutingRules));
      break;
    case 'MirrorRules':
      srvVSchema.mirrorRules = cloneOf(MirrorRulesSchema, loadedValue(wanted.mirrorRules));
  }
}

/** A copy; an absent record is an empty message in a SrvVSchema (topo.RebuildSrvVSchema). */
function cloneOf<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc> | undefined): MessageShape<Desc> {
  return message === undefined ? create(schema) : clone(schema, message);
}
