/** Each cell's SrvVSchema beside the global records, told by move: what is stale, and what differs on purpose. */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import type { CellRecords } from '../records/snapshot.ts';
import type { DiagnosisInput } from './rule.ts';
import { parseRuleName, routedKeyspace } from './routing.ts';
import { diffSrvVSchema, type RuleDifference, type SrvVSchemaDiff } from './srvVSchemaDiff.ts';

export interface ComparedCell {
  readonly cell: CellRecords;
  readonly diff: SrvVSchemaDiff | undefined;
  readonly byMove: ReadonlyMap<Move | undefined, readonly RuleDifference[]>;
}

/** Compares every cell that carries a SrvVSchema. */
export function compareCells(input: DiagnosisInput): ComparedCell[] {
  const moveOf = moveLookup(input.moves);
  return input.snapshot.cells.map((cell): ComparedCell => {
    if (cell.srvVSchema.status !== 'loaded') return { cell, diff: undefined, byMove: new Map() };
    const diff = diffSrvVSchema(input, cell.name, cell.srvVSchema.value);
    return { cell, diff, byMove: groupBy(diff.rules, moveOf) };
  });
}

/** The move that a routing rule is of: one of its table, best one of the keyspaces that the rule names. */
function moveLookup(moves: readonly Move[]): (difference: RuleDifference) => Move | undefined {
  const entries = moves.flatMap((move) => move.tables.map((table) => ({ move, table })));
  const byTable = groupBy(entries, ({ table }) => table);
  return ({ fromTable, cell, global }) => {
    const { keyspace, table } = parseRuleName(fromTable);
    const candidates = (byTable.get(table) ?? []).map(({ move }) => move);
    const named = [keyspace, routedKeyspace(global), routedKeyspace(cell)].find((name) => name !== undefined);
    return candidates.find(({ source, target }) => named === source || named === target) ?? candidates[0];
  };
}

export interface ReadsOfMove {
  readonly move: Move;
  readonly rules: readonly RuleDifference[];
  /** The cells that already carry the global rules of these tables; empty when no cell does of one of them. */
  readonly carriedBy: readonly string[];
}

/** The moves whose earlier read rules are all that differs; empty when anything else does. */
export function readsSwitched(
  cells: readonly ComparedCell[],
  diff: SrvVSchemaDiff,
  byMove: ComparedCell['byMove'],
): ReadsOfMove[] {
  if (diff.keyspaces.length > 0 || diff.records.length > 0) return [];
  const reads = [...byMove].map(([move, rules]): ReadsOfMove | undefined => {
    if (move?.kind !== 'standard' || !rules.every((rule) => isSwitchedRead(move, rule))) return undefined;
    const carriers = tablesOf(rules).map((table) => cellsThatCarry(cells, table));
    const complete = carriers.every((names) => names.length > 0);
    return { move, rules, carriedBy: complete ? [...new Set(carriers.flat())] : [] };
  });
  const known = reads.filter((found) => found !== undefined);
  return known.length === reads.length ? known : [];
}

/** The read rules that a cell keeps on purpose, whatever else of it differs: another cell carries the new ones of the table. */
export function readsKeptOnPurpose(cells: readonly ComparedCell[], { byMove }: ComparedCell): ReadonlySet<string> {
  const kept = [...byMove].flatMap(([move, rules]) =>
    move?.kind === 'standard' ? rules.filter((rule) => isSwitchedRead(move, rule)) : [],
  );
  const carried = (table: string): boolean =>
    cells.some(({ diff }) => diff !== undefined && !diff.rules.some(({ fromTable }) => isReadOf(fromTable, table)));
  return new Set(kept.map(({ fromTable }) => fromTable).filter((name) => carried(parseRuleName(name).table)));
}

function isReadOf(fromTable: string, table: string): boolean {
  const name = parseRuleName(fromTable);
  return name.table === table && name.type !== 'primary';
}

/** The cells whose SrvVSchema has every global rule of a table. */
function cellsThatCarry(cells: readonly ComparedCell[], table: string): string[] {
  return cells
    .filter(
      ({ diff }) => diff !== undefined && !diff.rules.some(({ fromTable }) => parseRuleName(fromTable).table === table),
    )
    .map(({ cell }) => cell.name);
}

/** A read rule that leads to one side of the move in the cell and to the other in the global rules. */
function isSwitchedRead({ source, target }: Move, { fromTable, cell, global }: RuleDifference): boolean {
  const sides = [routedKeyspace(cell), routedKeyspace(global)];
  return parseRuleName(fromTable).type !== 'primary' && sides.includes(source) && sides.includes(target);
}

/** The tables that rules are about, sorted. */
export function tablesOf(rules: readonly RuleDifference[]): string[] {
  return [...new Set(rules.map(({ fromTable }) => parseRuleName(fromTable).table))].sort();
}
