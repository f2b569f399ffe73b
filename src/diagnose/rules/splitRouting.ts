import type { Finding } from '../../model/finding.ts';
import { groupBy } from '../../model/groupBy.ts';
import type { Move } from '../../model/move.ts';
import { globalRecord } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import type { Snapshot } from '../../records/snapshot.ts';
import { cannotRoute, mayNotRoute } from '../keyspaceFacts.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { routedKeyspace, type RoutingRuleEntry } from '../routing.ts';
import { servingKeyspace } from '../tableMoves.ts';

/** The names of one table, or the tables of one move, route primaries to different keyspaces. */
export function splitRouting(input: DiagnosisInput): Finding[] {
  const { keyspaces } = input.snapshot;
  return input.moves
    .filter(({ kind, source, target }) => kind === 'standard' && keyspaces.has(source) && keyspaces.has(target))
    .flatMap((move) => [...splitNames(input, move), ...splitMove(input, move)]);
}

/** Where one spelling of a table's name leads on the primary. */
interface Route {
  readonly name: string;
  readonly keyspace: string;
  /** Undefined when no rule is about the name: vtgate takes the keyspace that it names. */
  readonly rule: RoutingRuleEntry | undefined;
}

function splitNames(input: DiagnosisInput, move: Move): Finding[] {
  return move.tables.flatMap((table) => {
    const routes = primaryRoutes(input, move, table);
    if (new Set(routes.map(({ keyspace }) => keyspace)).size < 2) return [];
    const words = routes.map(({ name, keyspace, rule }) =>
      rule === undefined ? `${name}, which has no rule, to ${keyspace}` : `${name} to ${rule.toTables.join(', ')}`,
    );
    const what = `The routing rules send ${listWords(words)}: a query writes to one keyspace or the other by how it spells the table's name`;
    return [finding(move, [table], routes, what)];
  });
}

/** Only of a known workflow can it be said that its tables belong together. */
function splitMove(input: DiagnosisInput, move: Move): Finding[] {
  if (move.direction !== 'known') return [];
  const routed = move.tables.flatMap((table) => {
    const keyspace = servingKeyspace(input.routing, table, move.source, move.target);
    return keyspace === undefined ? [] : [{ table, keyspace }];
  });
  const byKeyspace = groupBy(routed, ({ keyspace }) => keyspace);
  if (byKeyspace.size < 2) return [];
  const sides = [...byKeyspace].map(
    ([keyspace, same]) => `${listWords(same.map(({ table }) => table))} to ${keyspace}`,
  );
  const what = `The routing rules send the tables of one move to different keyspaces: ${listWords(sides)}. A transaction over them spans both`;
  const routes = move.tables.flatMap((table) => primaryRoutes(input, move, table));
  return [finding(move, [...move.tables].sort(), routes, what)];
}

/**
 * Every spelling of a table that leads to a side of the move: the bare name and
 * other keyspaces' names by their rules, the two sides' own names also without one.
 */
function primaryRoutes({ snapshot, routing }: DiagnosisInput, { source, target }: Move, table: string): Route[] {
  const rules = routing.rulesOf(table).filter(({ from }) => from.type === 'primary');
  const sides = [source, target];
  // Another move of a table of that name says nothing of this one.
  if (!rules.some((rule) => sides.some((side) => side === rule.from.keyspace || side === routedKeyspace(rule))))
    return [];
  const keyspaces = new Set([...rules.map(({ from }) => from.keyspace), source, target]);
  return [...keyspaces].flatMap((named): Route[] => {
    const rule = routing.resolve(named, table, 'primary');
    const keyspace = rule === undefined ? unruledKeyspace(snapshot, named ?? '', table) : routedKeyspace(rule);
    if (keyspace !== source && keyspace !== target) return [];
    return [{ name: named === undefined ? table : `${named}.${table}`, keyspace, rule }];
  });
}

/** A name that no rule is about leads to its own keyspace, where that can route the table. */
function unruledKeyspace(snapshot: Snapshot, named: string, table: string): string | undefined {
  const routable = !cannotRoute(snapshot.keyspaces.get(named), table) && !mayNotRoute(snapshot, named);
  return routable ? named : undefined;
}

function finding(move: Move, tables: readonly string[], routes: readonly Route[], what: string): Finding {
  const record = globalRecord.routingRules;
  return {
    code: 'split-routing',
    severity: 'error',
    tables,
    move: move.id,
    places: placesOr(
      routes.flatMap(({ rule }) => (rule === undefined ? [] : [{ record, path: ['rules', rule.index] }])),
      { record, path: ['rules'] },
    ),
    related: [],
    message: `${what}. Next: decide which keyspace must serve, ${move.source} or ${move.target}, and apply rules that all name it.`,
    fixable: true,
  };
}
