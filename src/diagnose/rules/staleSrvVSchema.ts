import type { Finding } from '../../model/finding.ts';
import { cellRecord, globalRecord, type Place } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import type { CellRecords } from '../../records/snapshot.ts';
import { deniesAnywhere, isUnreadable } from '../keyspaceFacts.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { parseRuleName, routedKeyspace } from '../routing.ts';
import { compareCells, readsSwitched, tablesOf, type ComparedCell, type ReadsOfMove } from '../cellDifferences.ts';
import type { RuleDifference, SrvVSchemaDiff } from '../srvVSchemaDiff.ts';

/**
 * A cell's SrvVSchema differs from the global rules or a keyspace's VSchema
 * (`stale-srv-vschema`), or carries earlier read rules of one move where another
 * cell carries the new ones (`reads-differ-by-cell`): what `switchtraffic
 * --cells` leaves on purpose.
 */
export function staleSrvVSchema(input: DiagnosisInput): Finding[] {
  const cells = compareCells(input);
  return cells.flatMap(({ cell, diff, byMove }) => {
    if (diff === undefined) return cell.srvVSchema.status === 'absent' ? missing(input, cell) : [];
    const switched = readsSwitched(cells, diff, byMove);
    const carried = switched.every(({ carriedBy }) => carriedBy.length > 0);
    if (switched.length > 0 && carried) return switched.map((reads) => readsDiffer(cell, reads));
    // A cell that could not be read may be the one that carries the global rules.
    if (switched.length > 0 && input.snapshot.cells.some((other) => isUnread(input, other))) return [];
    return [...staleRules(input, cell, byMove), ...staleRecords(cell, diff)];
  });
}

/** True when the cell's SrvVSchema does not decode or the cell could not be reached. */
function isUnread({ snapshot }: DiagnosisInput, { name, failure }: CellRecords): boolean {
  return failure !== undefined || isUnreadable(snapshot, cellRecord.srvVSchema(name));
}

function readsDiffer(cell: CellRecords, { move, rules, carriedBy }: ReadsOfMove): Finding {
  const tables = tablesOf(rules);
  return {
    code: 'reads-differ-by-cell',
    severity: 'info',
    cell: cell.name,
    tables,
    move: move.id,
    places: rulePlaces(cell, rules),
    related: globalPlaces(rules),
    message:
      `${cell.name}'s vtgates send ${readTypes(rules)} reads of ${listWords(tables)} to ${listWords(targets(rules, 'cell'))}; ` +
      `the global rules, which ${listWords(carriedBy)} already carries, send them to ${listWords(targets(rules, 'global'))}. ` +
      `This is what switching reads with --cells leaves. The next RebuildVSchemaGraph, anyone's, switches ${cell.name} too.`,
    fixable: false,
  };
}

function missing({ snapshot }: DiagnosisInput, cell: CellRecords): Finding[] {
  // A cell that was added and holds nothing yet serves nobody.
  const inUse = cell.srvKeyspaces.size > 0 || cell.tablets.length > 0;
  if (!inUse || snapshot.keyspaces.size === 0) return [];
  return [
    {
      code: 'stale-srv-vschema',
      severity: 'error',
      cell: cell.name,
      tables: [],
      places: [{ record: cellRecord.srvVSchema(cell.name), path: [] }],
      related: [],
      message:
        `${cell.name} has no SrvVSchema: its vtgates know no keyspace and no routing rule. ` +
        `Next: run \`vtctldclient RebuildVSchemaGraph --cells ${cell.name}\`.`,
      fixable: true,
    },
  ];
}

/** One finding for each move whose rules differ, and one for rules of no move. */
function staleRules(input: DiagnosisInput, cell: CellRecords, byMove: ComparedCell['byMove']): Finding[] {
  return [...byMove].map(([move, rules]): Finding => {
    const effects = [writesEffect(input, rules), readsEffect(rules), addedEffect(rules)];
    return {
      code: 'stale-srv-vschema',
      severity: 'error',
      cell: cell.name,
      tables: tablesOf(rules),
      ...(move === undefined ? {} : { move: move.id }),
      places: rulePlaces(cell, rules),
      related: globalPlaces(rules),
      message:
        `${cell.name}'s SrvVSchema does not carry the global routing rules: ` +
        `${effects.filter((effect) => effect !== '').join('; ')}. ` +
        `Next: repair the denied tables first if they contradict the rules, then run \`vtctldclient RebuildVSchemaGraph --cells ${cell.name}\`.`,
      fixable: true,
    };
  });
}

function writesEffect({ snapshot }: DiagnosisInput, rules: readonly RuleDifference[]): string {
  const rerouted = rules.filter(({ fromTable, cell: old }) => parseRuleName(fromTable).type === 'primary' && old);
  const effects = [...new Set(rerouted.map(({ cell: old }) => routedKeyspace(old)))].flatMap((keyspace) => {
    if (keyspace === undefined) return [];
    const tables = tablesOf(rerouted.filter(({ cell: old }) => routedKeyspace(old) === keyspace));
    const denied = tables.some((table) => deniesAnywhere(snapshot, keyspace, table));
    return [
      `its vtgates still send writes of ${listWords(tables)} to ${keyspace}${denied ? ', which denies them' : ''}`,
    ];
  });
  return effects.join('; ');
}

function readsEffect(rules: readonly RuleDifference[]): string {
  const reads = rules.filter(({ fromTable, cell: old }) => parseRuleName(fromTable).type !== 'primary' && old);
  if (reads.length === 0) return '';
  const global = targets(reads, 'global');
  const instead = global.length === 0 ? 'which the global rules no longer name' : `not to ${listWords(global)}`;
  return `its vtgates still send ${readTypes(reads)} reads of ${listWords(tablesOf(reads))} to ${listWords(targets(reads, 'cell'))}, ${instead}`;
}

function addedEffect(rules: readonly RuleDifference[]): string {
  const added = rules.filter((rule) => rule.cell === undefined);
  return added.length === 0 ? '' : `it lacks the rules ${listWords(added.map(({ fromTable }) => fromTable))}`;
}

function staleRecords(cell: CellRecords, diff: SrvVSchemaDiff): Finding[] {
  const record = cellRecord.srvVSchema(cell.name);
  const finding = (places: [Place, ...Place[]], related: Place[], what: string, keyspace?: string): Finding => ({
    code: 'stale-srv-vschema',
    severity: 'error',
    ...(keyspace === undefined ? {} : { keyspace }),
    cell: cell.name,
    tables: [],
    places,
    related,
    message: `${cell.name}'s SrvVSchema ${what}. Next: run \`vtctldclient RebuildVSchemaGraph --cells ${cell.name}\`.`,
    fixable: true,
  });
  return [
    ...diff.keyspaces.map(({ keyspace, kind }) => {
      if (kind === 'missing') {
        return finding(
          [{ record, path: ['keyspaces'] }],
          [],
          `lacks the keyspace ${keyspace}: its vtgates cannot plan queries to it`,
          keyspace,
        );
      }
      const places: [Place] = [{ record, path: ['keyspaces', keyspace] }];
      if (kind === 'left over') {
        return finding(places, [], `still lists the keyspace ${keyspace}, which the topology no longer has`, keyspace);
      }
      const related = [{ record: globalRecord.vschema(keyspace), path: [], message: `the VSchema of ${keyspace}` }];
      return finding(
        places,
        related,
        `carries another VSchema of ${keyspace} than the global one: its vtgates plan queries by the earlier one`,
        keyspace,
      );
    }),
    ...diff.records.map(({ name, path }) =>
      finding([{ record, path }], [], `does not carry the global ${name}: its vtgates route by the earlier ones`),
    ),
  ];
}

function targets(rules: readonly RuleDifference[], side: 'cell' | 'global'): string[] {
  return [...new Set(rules.flatMap((rule) => routedKeyspace(rule[side]) ?? []))].sort();
}

function readTypes(rules: readonly RuleDifference[]): string {
  return listWords([...new Set(rules.map(({ fromTable }) => parseRuleName(fromTable).type))].sort());
}

function rulePlaces(cell: CellRecords, rules: readonly RuleDifference[]): [Place, ...Place[]] {
  const record = cellRecord.srvVSchema(cell.name);
  return placesOr(
    rules.flatMap((rule) =>
      rule.cell === undefined ? [] : [{ record, path: ['routing_rules', 'rules', rule.cell.index] }],
    ),
    { record, path: ['routing_rules'] },
  );
}

function globalPlaces(rules: readonly RuleDifference[]): Place[] {
  return rules.flatMap(({ fromTable, global }) =>
    global === undefined
      ? []
      : [
          {
            record: globalRecord.routingRules,
            path: ['rules', global.index],
            message: `the global rule ${fromTable} → ${global.toTables.join(', ')}`,
          },
        ],
  );
}
