import type { Finding } from '../../model/finding.ts';
import { groupBy } from '../../model/groupBy.ts';
import { loadedValue } from '../../model/reading.ts';
import { globalRecord, type JsonPath, type RecordId } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import { cannotRoute } from '../keyspaceFacts.ts';
import type { DiagnosisInput } from '../rule.ts';
import { parseRuleName, type RoutingRuleEntry } from '../routing.ts';

/** A rule points to a keyspace, shard or table that does not exist. */
export function danglingRule(input: DiagnosisInput): Finding[] {
  return [...tableRules(input), ...shardRules(input), ...keyspaceRules(input), ...mirrorRules(input)];
}

function tableRules(input: DiagnosisInput): Finding[] {
  // One finding for each wrong target: a MoveTables writes nine rules to it.
  const wrong = input.routing.entries.map((entry) => ({ entry, problem: targetProblem(input, entry.toTables) }));
  const byProblem = groupBy(
    wrong.filter(({ problem }) => problem !== undefined),
    ({ problem }) => problem ?? '',
  );
  return [
    ...[...byProblem].map(([problem, same]) =>
      ruleFinding(
        same.map(({ entry }) => entry),
        `points to ${problem}`,
      ),
    ),
    ...[...input.routing.duplicates].map(([, entries]) =>
      ruleFinding(entries, `is given by ${entries.length} rules, and vtgate accepts one`),
    ),
  ];
}

function ruleFinding(entries: readonly RoutingRuleEntry[], what: string): Finding {
  const tables = [...new Set(entries.map(({ from }) => from.table))].sort();
  const places = entries.map(({ index }): JsonPath => ['rules', index]);
  const names = listWords([...new Set(entries.map(({ fromTable }) => fromTable))]);
  return finding(
    globalRecord.routingRules,
    places,
    tables,
    `The routing of ${names} ${what}: these names cannot be queried`,
  );
}

/** Why vtgate cannot follow a rule's targets; undefined when it can. */
export function targetProblem(
  { snapshot }: Pick<DiagnosisInput, 'snapshot'>,
  toTables: readonly string[],
): string | undefined {
  if (toTables.length > 1) return `${toTables.length} tables, and vtgate accepts one`;
  const [to] = toTables;
  // No target at all is how a table is disabled on purpose.
  if (to === undefined) return undefined;
  const [keyspace = '', table, ...more] = to.split('.');
  if (table === undefined) return `${to}, which names no keyspace`;
  if (more.length > 0) return `${to}, which vtgate does not accept for the second dot`;
  if (!snapshot.keyspaces.has(keyspace)) return `the keyspace ${keyspace}, which does not exist`;
  return cannotRoute(snapshot.keyspaces.get(keyspace), table)
    ? `${to}, which the VSchema of the sharded keyspace ${keyspace} does not list`
    : undefined;
}

function shardRules({ snapshot }: DiagnosisInput): Finding[] {
  return (loadedValue(snapshot.shardRoutingRules)?.rules ?? []).flatMap(({ toKeyspace, shard }, index) => {
    const keyspace = snapshot.keyspaces.get(toKeyspace);
    if (keyspace?.shards.some(({ name }) => name === shard)) return [];
    return [
      finding(
        globalRecord.shardRoutingRules,
        [['rules', index]],
        [],
        `ShardRoutingRules send the shard ${shard} to ${toKeyspace}/${shard}, which does not exist: queries to that shard fail`,
      ),
    ];
  });
}

function keyspaceRules({ snapshot }: DiagnosisInput): Finding[] {
  return (loadedValue(snapshot.keyspaceRoutingRules)?.rules ?? []).flatMap(({ fromKeyspace, toKeyspace }, index) =>
    snapshot.keyspaces.has(toKeyspace)
      ? []
      : [
          finding(
            globalRecord.keyspaceRoutingRules,
            [['rules', index]],
            [],
            `KeyspaceRoutingRules send ${fromKeyspace} to the keyspace ${toKeyspace}, which does not exist: its queries fail`,
          ),
        ],
  );
}

function mirrorRules(input: DiagnosisInput): Finding[] {
  return (loadedValue(input.snapshot.mirrorRules)?.rules ?? []).flatMap(({ fromTable, toTable }, index) => {
    const problem = targetProblem(input, [toTable]);
    if (problem === undefined) return [];
    const what = `MirrorRules copy the reads of ${fromTable} to ${problem}: nothing is mirrored`;
    return [finding(globalRecord.mirrorRules, [['rules', index]], [parseRuleName(fromTable).table], what)];
  });
}

function finding(record: RecordId, paths: readonly JsonPath[], tables: readonly string[], what: string): Finding {
  const [first = [], ...rest] = paths;
  return {
    code: 'dangling-rule',
    severity: 'warning',
    tables,
    places: [{ record, path: first }, ...rest.map((path) => ({ record, path }))],
    related: [],
    message: `${what}. Next: remove the rules, or create what they point to.`,
    fixable: true,
  };
}
