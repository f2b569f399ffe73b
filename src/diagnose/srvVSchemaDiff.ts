/** How a cell's SrvVSchema differs from what the global records give. */
import { create, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { JsonPath } from '../model/record.ts';
import type { Reading } from '../model/reading.ts';
import { rememberPair } from '../model/remember.ts';
import { sameMessage } from '../records/decode.ts';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  ShardRoutingRulesSchema,
  type Keyspace as VSchema,
  type SrvVSchema,
} from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import type { RoutingRuleEntry, RoutingTable } from './routing.ts';
import type { DiagnosisInput } from './rule.ts';

/** A table routing rule that the cell has differently; `cell` or `global` is undefined where the rule is missing. */
export interface RuleDifference {
  readonly fromTable: string;
  readonly cell: RoutingRuleEntry | undefined;
  readonly global: RoutingRuleEntry | undefined;
}

export interface SrvVSchemaDiff {
  readonly rules: readonly RuleDifference[];
  /** Keyspaces whose VSchema differs, is missing, or is left over in the cell. */
  readonly keyspaces: readonly { readonly keyspace: string; readonly kind: 'differs' | 'missing' | 'left over' }[];
  /** The other rule records that differ, by their name and their field in SrvVSchema. */
  readonly records: readonly { readonly name: string; readonly path: JsonPath }[];
}

/** Compares what could be read on both sides; a global record that could not be read is not compared. */
export function diffSrvVSchema(
  { snapshot, routing, cellRouting }: DiagnosisInput,
  cell: string,
  srvVSchema: SrvVSchema,
): SrvVSchemaDiff {
  const cellRules = snapshot.routingRules.status === 'failed' ? undefined : cellRouting.get(cell);
  return {
    rules: cellRules === undefined ? [] : diffRules(cellRules, routing),
    keyspaces: diffKeyspaces(snapshot, srvVSchema),
    records: [
      ...differs(
        'ShardRoutingRules',
        ShardRoutingRulesSchema,
        snapshot.shardRoutingRules,
        srvVSchema.shardRoutingRules,
      ),
      ...differs(
        'KeyspaceRoutingRules',
        KeyspaceRoutingRulesSchema,
        snapshot.keyspaceRoutingRules,
        srvVSchema.keyspaceRoutingRules,
      ),
      ...differs('MirrorRules', MirrorRulesSchema, snapshot.mirrorRules, srvVSchema.mirrorRules),
    ],
  };
}

// Cells that carry the same rules, and the next snapshot's cells, are compared once.
const diffRules = rememberPair((cell: RoutingTable, global: RoutingTable): RuleDifference[] => {
  if (cell === global) return [];
  const names = new Set([...cell.entries, ...global.entries].map(({ fromTable }) => fromTable));
  return [...names]
    .map((fromTable) => ({ fromTable, cell: cell.get(fromTable), global: global.get(fromTable) }))
    .filter(
      ({ fromTable, ...rules }) => !sameTargets(rules.cell, rules.global) || isDoubledOnce(fromTable, cell, global),
    )
    .sort((a, b) => (a.fromTable < b.fromTable ? -1 : 1));
});

function sameTargets(a: RoutingRuleEntry | undefined, b: RoutingRuleEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.toTables.length === b.toTables.length && a.toTables.every((table, index) => table === b.toTables[index]);
}

/** One side has two rules of the name, which vtgate answers with an error, and the other side one. */
function isDoubledOnce(fromTable: string, cell: RoutingTable, global: RoutingTable): boolean {
  return cell.duplicates.has(fromTable) !== global.duplicates.has(fromTable);
}

const emptyVSchema = create(VSchemaSchema);
const isSame = rememberPair((a: VSchema, b: VSchema) => sameMessage(VSchemaSchema, a, b));

function diffKeyspaces(snapshot: Snapshot, srvVSchema: SrvVSchema): SrvVSchemaDiff['keyspaces'] {
  const differences: { keyspace: string; kind: 'differs' | 'missing' | 'left over' }[] = [];
  for (const { name, vschema } of snapshot.keyspaces.values()) {
    if (vschema.status === 'failed') continue;
    const cell = Object.hasOwn(srvVSchema.keyspaces, name) ? srvVSchema.keyspaces[name] : undefined;
    // Vitess puts an empty VSchema into SrvVSchema for a keyspace without one (topo.RebuildSrvVSchema).
    const global = vschema.status === 'loaded' ? vschema.value : emptyVSchema;
    if (cell === undefined) differences.push({ keyspace: name, kind: 'missing' });
    else if (cell !== global && !isSame(cell, global)) differences.push({ keyspace: name, kind: 'differs' });
  }
  for (const keyspace of Object.keys(srvVSchema.keyspaces).sort()) {
    if (!snapshot.keyspaces.has(keyspace)) differences.push({ keyspace, kind: 'left over' });
  }
  return differences;
}

type RulesMessage<Desc extends DescMessage> = MessageShape<Desc> & { readonly rules: readonly unknown[] };

/** Rule order carries no meaning: Vitess rebuilds these lists from maps. */
function differs<Desc extends DescMessage>(
  name: string,
  schema: Desc,
  global: Reading<RulesMessage<Desc>>,
  cell: RulesMessage<Desc> | undefined,
): { name: string; path: JsonPath }[] {
  if (global.status === 'failed') return [];
  const same = ruleSet(global.status === 'loaded' ? global.value.rules : []) === ruleSet(cell?.rules ?? []);
  const field = schema.name.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase();
  return same ? [] : [{ name, path: [field] }];
}

function ruleSet(rules: readonly unknown[]): string {
  return JSON.stringify(rules.map((rule) => JSON.stringify(rule, knownFields)).sort());
}

function knownFields(key: string, value: unknown): unknown {
  return key.startsWith('$') ? undefined : value;
}
