import type { Finding } from '../../model/finding.ts';
import type { Move } from '../../model/move.ts';
import { globalRecord } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { routedKeyspace, type RoutingRuleEntry } from '../routing.ts';
import { primaryKeyspace } from '../tableMoves.ts';

/** The names of one table, or the tables of one move, route primaries to different keyspaces. */
export function splitRouting(input: DiagnosisInput): Finding[] {
  return input.moves
    .filter(({ kind }) => kind === 'standard')
    .flatMap((move) => [...splitNames(input, move), ...splitMove(input, move)]);
}

function splitNames({ routing }: DiagnosisInput, move: Move): Finding[] {
  return move.tables.flatMap((table) => {
    const rules = primaryRules(routing.rulesOf(table), move);
    const keyspaces = targetsOf(rules);
    if (keyspaces.length < 2) return [];
    const routes = rules.map(({ fromTable, toTables }) => `${fromTable} to ${toTables.join(', ')}`);
    return [
      finding(
        move,
        [table],
        rules,
        `The routing rules send ${listWords(routes)}: a query writes to one keyspace or the other by how it spells the table's name`,
      ),
    ];
  });
}

/** Only of a known workflow can it be said that its tables belong together. */
function splitMove({ routing }: DiagnosisInput, move: Move): Finding[] {
  if (move.direction !== 'known') return [];
  const routed = move.tables.map((table) => ({ table, keyspace: primaryKeyspace(routing, table) }));
  const keyspaces = [...new Set(routed.map(({ keyspace }) => keyspace))].filter((keyspace) => keyspace !== undefined);
  if (keyspaces.length < 2) return [];
  const rules = move.tables.flatMap((table) => primaryRules(routing.rulesOf(table), move));
  const sides = keyspaces.map(
    (side) => `${listWords(routed.filter(({ keyspace }) => keyspace === side).map(({ table }) => table))} to ${side}`,
  );
  return [
    finding(
      move,
      [...move.tables].sort(),
      rules,
      `The routing rules send the tables of one move to different keyspaces: ${listWords(sides)}. A transaction over them spans both`,
    ),
  ];
}

function primaryRules(rules: readonly RoutingRuleEntry[], move: Move): RoutingRuleEntry[] {
  return rules.filter(
    ({ from }) =>
      from.type === 'primary' &&
      (from.keyspace === undefined || from.keyspace === move.source || from.keyspace === move.target),
  );
}

function targetsOf(rules: readonly RoutingRuleEntry[]): string[] {
  return [...new Set(rules.flatMap((rule) => routedKeyspace(rule) ?? []))];
}

function finding(move: Move, tables: readonly string[], rules: readonly RoutingRuleEntry[], what: string): Finding {
  const record = globalRecord.routingRules;
  return {
    code: 'split-routing',
    severity: 'error',
    tables,
    move: move.id,
    places: placesOr(
      rules.map(({ index }) => ({ record, path: ['rules', index] })),
      { record, path: ['rules'] },
    ),
    related: [],
    message: `${what}. Next: decide which keyspace must serve, ${move.source} or ${move.target}, and apply rules that all name it.`,
    fixable: true,
  };
}
