/** Changes of the global rules: moves turned to one keyspace, and rules that lead nowhere removed. */
import { create } from '@bufbuild/protobuf';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { parseRuleName, type RoutingRuleEntry } from '../diagnose/routing.ts';
import { targetProblem } from '../diagnose/rules/danglingRule.ts';
import type { Finding } from '../model/finding.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, recordName, type RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import {
  KeyspaceRoutingRulesSchema,
  MirrorRulesSchema,
  RoutingRuleSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  type MirrorRule,
  type RoutingRule,
} from '../records/gen/vschema_pb.js';
import type { Draft } from './draft.ts';
import type { RepairContext } from './repairContext.ts';

/** Turns a move's rules to one side, as a completed switch of all tablet types leaves them. Gives the names that they are for; none when they are so already. */
export function draftServeFrom(move: DiagnosedMove, keyspace: string, draft: Draft): string[] {
  const wanted = new Map(move.tables.flatMap((table) => [...servedRules(move, keyspace, table)]));
  const why = { why: `routes ${listWords(move.tables)} to ${keyspace}` };
  const changed = draft.edit(RoutingRulesSchema, globalRecord.routingRules, why, (message) => {
    message.rules = replaceRules(message.rules, wanted);
  });
  return changed ? [...wanted.keys()] : [];
}

/** The rules of a table after a switch to `keyspace`, by name; undefined for those that a switch deletes. */
function servedRules(
  { source, target }: DiagnosedMove,
  keyspace: string,
  table: string,
): Map<string, string | undefined> {
  const to = `${keyspace}.${table}`;
  const rules = new Map<string, string | undefined>();
  for (const name of [table, `${source}.${table}`, `${target}.${table}`]) {
    rules.set(name, name === to ? undefined : to);
    rules.set(`${name}@primary`, undefined);
    rules.set(`${name}@replica`, to);
    rules.set(`${name}@rdonly`, to);
  }
  return rules;
}

function replaceRules(rules: readonly RoutingRule[], wanted: ReadonlyMap<string, string | undefined>): RoutingRule[] {
  const seen = new Set<string>();
  const kept = rules.filter((rule) => {
    const { fromTable } = rule;
    if (!wanted.has(fromTable)) return true;
    const to = wanted.get(fromTable);
    if (to === undefined || seen.has(fromTable)) return false;
    seen.add(fromTable);
    rule.toTables = [to];
    return true;
  });
  const added = [...wanted].flatMap(([fromTable, to]) =>
    to === undefined || seen.has(fromTable) ? [] : [create(RoutingRuleSchema, { fromTable, toTables: [to] })],
  );
  return [...kept, ...added];
}

/** Why the rules of a `dangling-rule` cannot simply be removed; undefined when they can. */
export function danglingRefusal(context: RepairContext, finding: Finding): string | undefined {
  const rules = tableRules(context, finding);
  if (isDoubled(context, rules)) {
    return rules.every(({ toTables }) => toTables.join() === rules[0]?.toTables.join())
      ? undefined
      : 'Its rules lead to different tables: which of them is meant cannot be told.';
  }
  const pairs = rules.map(({ fromTable, toTables }) => ({ fromTable, toTable: toTables[0] ?? '' }));
  const moving = [...pairs, ...mirrorRules(context, finding)].filter(({ fromTable, toTable }) => {
    const { table } = parseRuleName(fromTable);
    const to = parseRuleName(toTable).keyspace ?? '';
    return context.moves.some(({ tables, source, target }) => tables.includes(table) && [source, target].includes(to));
  });
  return moving.length === 0
    ? undefined
    : `${listWords(moving.map(({ fromTable }) => fromTable))} is a rule of a move: restore what it points to, or cancel the move.`;
}

/** The mirror rules that a finding points at. */
function mirrorRules({ snapshot }: RepairContext, { places }: Finding): MirrorRule[] {
  const rules = loadedValue(snapshot.mirrorRules)?.rules ?? [];
  return places.flatMap(({ record, path }) =>
    record.path === globalRecord.mirrorRules.path ? (rules[Number(path[1])] ?? []) : [],
  );
}

/** Removes the rules that a finding points at; of rules of one name that are alike all but one. Gives the names of table rules that go. */
export function draftDangling(context: RepairContext, findings: readonly Finding[], draft: Draft): string[] {
  const names: string[] = [];
  for (const [record, indexes] of indexesByRecord(context, findings)) {
    const why = {
      why: `drops ${indexes.size === 1 ? 'a rule' : 'rules'} that ${indexes.size === 1 ? 'leads' : 'lead'} nowhere`,
    };
    const without = <T>(rules: readonly T[]): T[] => rules.filter((_, index) => !indexes.has(index));
    switch (record.path) {
      case globalRecord.routingRules.path:
        draft.edit(RoutingRulesSchema, record, why, (message) => {
          names.push(...message.rules.filter((_, index) => indexes.has(index)).map(({ fromTable }) => fromTable));
          message.rules = without(message.rules);
        });
        break;
      case globalRecord.shardRoutingRules.path:
        draft.edit(ShardRoutingRulesSchema, record, why, (message) => {
          message.rules = without(message.rules);
        });
        break;
      case globalRecord.keyspaceRoutingRules.path:
        draft.edit(KeyspaceRoutingRulesSchema, record, why, (message) => {
          message.rules = without(message.rules);
        });
        break;
      case globalRecord.mirrorRules.path:
        draft.edit(MirrorRulesSchema, record, why, (message) => {
          message.rules = without(message.rules);
        });
    }
  }
  return names;
}

function indexesByRecord(context: RepairContext, findings: readonly Finding[]): [RecordId, Set<number>][] {
  const byRecord = new Map<string, [RecordId, Set<number>]>();
  for (const finding of findings) {
    const { record } = finding.places[0];
    const entry = byRecord.get(recordName(record)) ?? [record, new Set<number>()];
    byRecord.set(recordName(record), entry);
    const indexes = finding.places.map(({ path }) => Number(path[1]));
    const doubled = isDoubled(context, tableRules(context, finding));
    for (const index of doubled ? indexes.slice(1) : indexes) entry[1].add(index);
  }
  return [...byRecord.values()];
}

/** The table routing rules that a finding points at. */
function tableRules({ input }: RepairContext, { places }: Finding): RoutingRuleEntry[] {
  return places.flatMap(({ record, path }) => {
    const rule = record.path === globalRecord.routingRules.path ? input.routing.entries[Number(path[1])] : undefined;
    return rule ?? [];
  });
}

/** Several rules of one name, none of which leads nowhere by itself. */
function isDoubled({ input }: RepairContext, rules: readonly RoutingRuleEntry[]): boolean {
  return rules.length > 1 && rules.every(({ toTables }) => targetProblem(input, toTables) === undefined);
}
