/** Table routing rules as vtgate reads them. */
import { groupBy } from '../model/groupBy.ts';
import { tabletTypes, type TabletTypeName } from '../model/move.ts';
import { remember } from '../model/remember.ts';
import type { RoutingRules } from '../records/gen/vschema_pb.js';

/** A table as a routing rule names it: `corder`, `customer.corder`, `customer.corder@replica`. */
export interface RuleName {
  readonly keyspace: string | undefined;
  readonly table: string;
  /** A rule without a suffix is for primaries, and for the other types where they have no rule of their own. */
  readonly type: TabletTypeName;
}

/** Parses a rule's name; an unknown suffix is part of the table's name, as in vtgate. */
export function parseRuleName(name: string): RuleName {
  const at = name.lastIndexOf('@');
  const type = at < 0 ? undefined : tabletTypes.find((known) => known === name.slice(at + 1));
  const qualified = type === undefined ? name : name.slice(0, at);
  const dot = qualified.indexOf('.');
  return {
    keyspace: dot < 0 ? undefined : qualified.slice(0, dot),
    table: qualified.slice(dot + 1),
    type: type ?? 'primary',
  };
}

export interface RoutingRuleEntry {
  readonly fromTable: string;
  readonly from: RuleName;
  readonly toTables: readonly string[];
  /** The rule's position in the record. */
  readonly index: number;
}

/** The rules of one RoutingRules message, by the name they match. */
export class RoutingTable {
  readonly entries: readonly RoutingRuleEntry[];
  /** Names that more than one rule is for, with their rules: vtgate answers queries to them with an error. */
  readonly duplicates: ReadonlyMap<string, readonly RoutingRuleEntry[]>;
  private readonly byName: ReadonlyMap<string, RoutingRuleEntry>;
  private readonly byTable: ReadonlyMap<string, readonly RoutingRuleEntry[]>;
  private byLowerCase: ReadonlyMap<string, readonly RoutingRuleEntry[]> | undefined;

  constructor(rules: RoutingRules | undefined) {
    this.entries = (rules?.rules ?? []).map(({ fromTable, toTables }, index) => ({
      fromTable,
      from: parseRuleName(fromTable),
      toTables,
      index,
    }));
    // Vitess's own tools read the rules into a map, so the last of two rules of one name counts for them.
    this.byName = new Map(this.entries.map((entry) => [entry.fromTable, entry]));
    this.byTable = groupBy(this.byName.values(), ({ from }) => from.table);
    this.duplicates =
      this.byName.size === this.entries.length
        ? new Map()
        : new Map([...groupBy(this.entries, ({ fromTable }) => fromTable)].filter(([, same]) => same.length > 1));
  }

  /** Every table that some rule is about, in name order. */
  tables(): string[] {
    return [...this.byTable.keys()].sort();
  }

  /** The rules about a table, whatever keyspace or type they name. */
  rulesOf(table: string): readonly RoutingRuleEntry[] {
    return this.byTable.get(table) ?? [];
  }

  /** The rules about every table that a denied table's name denies: tablets compare names without regard to case. */
  rulesOfDenied(entry: string): readonly RoutingRuleEntry[] {
    this.byLowerCase ??= groupBy([...this.byTable.values()].flat(), ({ from }) => from.table.toLowerCase());
    return this.byLowerCase.get(entry.toLowerCase()) ?? [];
  }

  get(fromTable: string): RoutingRuleEntry | undefined {
    return this.byName.get(fromTable);
  }

  /** The rule that vtgate follows for a table: the one of the tablet type, else the one without a suffix (VSchema.FindRoutedTable). */
  resolve(keyspace: string | undefined, table: string, type: TabletTypeName): RoutingRuleEntry | undefined {
    const name = keyspace === undefined ? table : `${keyspace}.${table}`;
    return this.byName.get(`${name}@${type}`) ?? this.byName.get(name);
  }
}

const noRules = new RoutingTable(undefined);
const tableOf = remember((rules: RoutingRules) => new RoutingTable(rules));

/** The rules of a message that does not change any more; none where there is no message. */
export function routingTable(rules: RoutingRules | undefined): RoutingTable {
  return rules === undefined ? noRules : tableOf(rules);
}

/** The keyspace that a rule sends its table to; undefined when the rule disables the table or names no keyspace. */
export function routedKeyspace(entry: RoutingRuleEntry | undefined): string | undefined {
  return entry === undefined ? undefined : targetOf(entry);
}

const targetOf = remember(({ toTables: [to] }: RoutingRuleEntry) =>
  to === undefined ? undefined : parseRuleName(to).keyspace,
);
