/** Which parts of a cell's SrvVSchema are asked for, and which of them may be changed. */
import type { ComparedCell } from '../diagnose/cellDifferences.ts';
import { denialOf } from '../diagnose/deniedTables.ts';
import { servingShards } from '../diagnose/keyspaceFacts.ts';
import { parseRuleName } from '../diagnose/routing.ts';
import type { DiagnosisInput } from '../diagnose/rule.ts';
import type { RuleDifference } from '../diagnose/srvVSchemaDiff.ts';
import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { globalRecord, type RecordId } from '../model/record.ts';
import type { SrvVSchemaParts } from './srvVSchemaFix.ts';

/** What the cells follow. */
export interface CellsRequest {
  /** The findings in scope that cells are repaired for. */
  readonly findings: readonly Finding[];
  /** Moves whose rules every cell is to carry. */
  readonly moves: readonly Move[];
  /** Names of table rules that the repair changes. */
  readonly changedNames: ReadonlySet<string>;
  /** True for a global rule record that the repair changes. */
  readonly isChanged: (record: RecordId) => boolean;
  /** True for a finding whose move cannot be repaired. */
  readonly isRefused: (finding: Finding) => boolean;
}

/** What the drafted cells rest on, and what is to be said of them. */
export interface CellsResult {
  readonly rests: RecordId[];
  /** Keyspaces whose Shard records the changes rest on. */
  readonly keyspaces: string[];
  /** Why findings are not repaired. */
  readonly reasons: Map<Finding, string>;
  readonly warnings: string[];
}

/** A cell and what of it is in scope. */
export interface CellTask {
  readonly cell: ComparedCell;
  readonly findings: readonly Finding[];
  readonly request: CellsRequest;
}

/** The differences that are asked for, without the reads that the cell keeps on purpose. */
export function partsOf({
  cell,
  findings,
  request,
  kept,
}: CellTask & { readonly kept: ReadonlySet<string> }): SrvVSchemaParts {
  const moved = new Set(request.moves.map(({ id }) => id));
  const sides = new Set(request.moves.flatMap(({ source, target }) => [source, target]));
  const byRules = new Set(findings.filter(({ tables }) => tables.length > 0).map(({ move }) => move));
  const rules = [...cell.byMove].flatMap(([move, differences]) =>
    differences.filter(
      ({ fromTable }) =>
        request.changedNames.has(fromTable) || (move !== undefined && moved.has(move.id)) || byRules.has(move?.id),
    ),
  );
  const named = new Set(findings.map(({ keyspace }) => keyspace));
  const fields = new Set(findings.map(({ places: [{ path }] }) => path[0]));
  const partial = request.moves.some(({ kind }) => kind === 'partial');
  return {
    rules: rules.filter(({ fromTable }) => !kept.has(fromTable)),
    keyspaces: (cell.diff?.keyspaces ?? [])
      .map(({ keyspace }) => keyspace)
      .filter((name) => named.has(name) || sides.has(name)),
    records: (cell.diff?.records ?? [])
      .filter(
        ({ name, path }) =>
          fields.has(path[0] ?? '') || request.isChanged(ruleRecord(name)) || (partial && name === 'ShardRoutingRules'),
      )
      .map(({ name }) => name),
  };
}

export interface SafetyTask {
  /** As it will be with what is drafted so far. */
  readonly input: DiagnosisInput;
  readonly findings: readonly Finding[];
  readonly parts: SrvVSchemaParts;
  readonly result: CellsResult;
}

/** Leaves out what would send a cell's writes to a shard that denies them. */
export function safeParts({ input, findings, parts, result }: SafetyTask): SrvVSchemaParts {
  const refuse = (of: (finding: Finding) => boolean, reason: string): void => {
    for (const finding of findings.filter(of)) result.reasons.set(finding, reason);
  };
  const rules = parts.rules.filter((rule) => {
    const denied = deniedTarget(input, rule, result);
    if (denied === undefined) return true;
    const { table } = parseRuleName(rule.fromTable);
    refuse(
      ({ tables }) => tables.includes(table),
      `${denied} denies ${table} or could not be read: the cell would send writes there.`,
    );
    return false;
  });
  const shardRulesDeny = input.sides.some(
    ({ move, denied, complete }) => move.kind === 'partial' && (denied.length > 0 || !complete),
  );
  const records = parts.records.filter((name) => name !== 'ShardRoutingRules' || !shardRulesDeny);
  if (records.length < parts.records.length) {
    refuse(
      ({ places }) => places[0].path[0] === 'shard_routing_rules',
      'A shard that ShardRoutingRules lead to denies its tables: repair that first.',
    );
  }
  return { rules, keyspaces: parts.keyspaces, records };
}

/** A shard that a global primary rule leads to and that denies its table, or may. */
function deniedTarget(
  { snapshot }: DiagnosisInput,
  { fromTable, global }: RuleDifference,
  result: CellsResult,
): string | undefined {
  if (global === undefined || parseRuleName(fromTable).type !== 'primary') return undefined;
  const { keyspace = '', table } = parseRuleName(global.toTables[0] ?? '');
  const records = snapshot.keyspaces.get(keyspace);
  if (records === undefined) return undefined;
  result.keyspaces.push(keyspace);
  const redirected = new Set(
    (loadedValue(snapshot.shardRoutingRules)?.rules ?? [])
      .filter(({ fromKeyspace, toKeyspace }) => fromKeyspace === keyspace && toKeyspace !== keyspace)
      .map(({ shard }) => shard),
  );
  const unread = records.shards.find(({ shard }) => shard.status === 'failed');
  const denying = servingShards(records).find(
    ({ name, shard }) => !redirected.has(name) && denialOf(shard, table) !== undefined,
  );
  const found = denying ?? unread;
  return found === undefined ? undefined : `${keyspace}/${found.name}`;
}

/** The global record of a rule record's name. */
export function ruleRecord(name: string): RecordId {
  switch (name) {
    case 'ShardRoutingRules':
      return globalRecord.shardRoutingRules;
    case 'KeyspaceRoutingRules':
      return globalRecord.keyspaceRoutingRules;
    default:
      return globalRecord.mirrorRules;
  }
}
