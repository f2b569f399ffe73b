/** What differs between two sets of rules, in words. */
import { groupBy } from '../model/groupBy.ts';
import { tabletTypes } from '../model/move.ts';
import { listWords, verb } from '../model/words.ts';
import type { KeyspaceRoutingRules, RoutingRules, ShardRoutingRules } from '../records/gen/vschema_pb.js';
import { parseRuleName } from './routing.ts';

export interface RuleChanges {
  /** One clause for each kind of change. */
  readonly words: readonly string[];
  /** The keyspaces that the changed rules lead or led to, sorted. */
  readonly keyspaces: readonly string[];
  /** The tables that the changed rules are about, sorted. */
  readonly tables: readonly string[];
}

/** A rule as a name and where it leads; undefined when it is not there. */
interface RuleChange {
  readonly from: string;
  readonly was: string | undefined;
  readonly is: string | undefined;
}

/** Table rules, by tablet type and destination: `primary and replica rules of corder lead to customer`. */
export function routingChanges(before: RoutingRules | undefined, after: RoutingRules | undefined): RuleChanges {
  const changed = differences(tableRules(before), tableRules(after));
  const destination = ({ is }: RuleChange): string | undefined =>
    is === undefined ? undefined : parseRuleName(is).keyspace;
  const words = [...groupBy(changed, destination)].map(([keyspace, rules]) => {
    // Which spellings have no rule is what matters of those that are gone; others of the same table may be there.
    if (keyspace === undefined) {
      const gone = rules.map(({ from }) => from);
      return `${verb(gone, 'the rule', 'the rules')} ${listWords(gone)} ${verb(gone, 'is', 'are')} gone`;
    }
    const names = rules.map(({ from }) => parseRuleName(from));
    const types = tabletTypes.filter((type) => names.some((name) => name.type === type));
    const tables = [...new Set(names.map(({ table }) => table))].sort();
    return `the ${listWords(types)} rules of ${listWords(tables)} lead to ${keyspace}`;
  });
  const sides = changed.flatMap(({ was, is }) => [was, is]).flatMap((to) => parseRuleName(to ?? '').keyspace ?? []);
  return {
    words,
    keyspaces: sorted(sides),
    tables: sorted(changed.map(({ from }) => parseRuleName(from).table)),
  };
}

/** Shard rules, by destination: `shard -80 of commerce is served by customer`. */
export function shardRuleChanges(
  before: ShardRoutingRules | undefined,
  after: ShardRoutingRules | undefined,
): RuleChanges {
  const read = (rules: ShardRoutingRules | undefined): Map<string, string> =>
    new Map(
      (rules?.rules ?? []).map(({ fromKeyspace, shard, toKeyspace }) => [`${fromKeyspace}/${shard}`, toKeyspace]),
    );
  return wholeRules(differences(read(before), read(after)), 'shard', (from) => from.split('/')[0] ?? '');
}

/** Keyspace rules, by destination: `keyspace commerce@replica is served by customer`. */
export function keyspaceRuleChanges(
  before: KeyspaceRoutingRules | undefined,
  after: KeyspaceRoutingRules | undefined,
): RuleChanges {
  const read = (rules: KeyspaceRoutingRules | undefined): Map<string, string> =>
    new Map((rules?.rules ?? []).map(({ fromKeyspace, toKeyspace }) => [fromKeyspace, toKeyspace]));
  return wholeRules(differences(read(before), read(after)), 'keyspace', (from) => from.split('@')[0] ?? '');
}

function wholeRules(changed: readonly RuleChange[], what: string, keyspaceOf: (from: string) => string): RuleChanges {
  const words = [...groupBy(changed, ({ is }) => is)].map(([to, rules]) => {
    const names = rules.map(({ from }) => from);
    const subject = `${verb(names, what, `${what}s`)} ${listWords(names)}`;
    return to === undefined
      ? `${subject} ${verb(names, 'has', 'have')} no rule any more`
      : `${subject} ${verb(names, 'is', 'are')} served by ${to}`;
  });
  const keyspaces = changed.flatMap(({ from, was, is }) => [keyspaceOf(from), was ?? [], is ?? []].flat());
  return { words, keyspaces: sorted(keyspaces), tables: [] };
}

/** The last of two rules of one name counts, as for Vitess's own tools. */
function tableRules(rules: RoutingRules | undefined): Map<string, string> {
  return new Map((rules?.rules ?? []).map(({ fromTable, toTables }) => [fromTable, toTables.join(',')]));
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RuleChange[] {
  const changed = [...after].filter(([from, is]) => before.get(from) !== is);
  const gone = [...before].filter(([from]) => !after.has(from));
  return [
    ...changed.map(([from, is]) => ({ from, was: before.get(from), is })),
    ...gone.map(([from, was]) => ({ from, was, is: undefined })),
  ];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
