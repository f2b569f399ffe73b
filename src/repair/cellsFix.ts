/** Which parts of which cells' SrvVSchema a repair changes. */
import { compareCells, readsKeptOnPurpose, tablesOf, type ComparedCell } from '../diagnose/cellDifferences.ts';
import { diagnosisInput } from '../diagnose/diagnose.ts';
import { denialOf } from '../diagnose/deniedTables.ts';
import { servingShards } from '../diagnose/keyspaceFacts.ts';
import type { DiagnosisInput } from '../diagnose/rule.ts';
import { parseRuleName } from '../diagnose/routing.ts';
import type { RuleDifference } from '../diagnose/srvVSchemaDiff.ts';
import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { cellRecord, globalRecord, type RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { SrvVSchemaSchema } from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import type { Draft } from './draft.ts';
import type { RepairContext } from './repairContext.ts';
import { buildSrvVSchema, changeSrvVSchema, ruleRecordNames, type SrvVSchemaParts } from './srvVSchemaFix.ts';

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

export interface CellsResult {
  /** The records that the changes rest on. */
  readonly rests: readonly RecordId[];
  /** Keyspaces whose Shard records they rest on. */
  readonly keyspaces: readonly string[];
  readonly reasons: ReadonlyMap<Finding, string>;
  readonly warnings: readonly string[];
}

/** Writes the cells' SrvVSchemas into the draft, as the draft's global records give them. */
export function draftCells(context: RepairContext, request: CellsRequest, draft: Draft): CellsResult {
  const wanted = decodeSnapshot(draft.topology());
  // The moves are the ones that the diagnosis named: changed rules may make them look like others.
  const input = { ...diagnosisInput(wanted), moves: context.input.moves };
  const current = compareCells(context.input);
  const result = {
    rests: [] as RecordId[],
    keyspaces: [] as string[],
    reasons: new Map<Finding, string>(),
    warnings: [] as string[],
  };
  for (const cell of compareCells(input)) {
    const findings = request.findings.filter(
      (finding) => finding.cell === cell.cell.name && !request.isRefused(finding),
    );
    if (cell.cell.srvVSchema.status === 'absent')
      buildCell(context, { cell, findings, request, wanted, draft, result });
    const before = current.find((one) => one.cell.name === cell.cell.name);
    if (cell.diff === undefined || before === undefined) continue;
    const kept = context.request.followReads ? new Set<string>() : readsKeptOnPurpose(current, before);
    refuseKept(findings, kept, result);
    const parts = partsOf({ cell, findings, request, kept });
    const safe = safeParts({ context, input, findings, parts, result });
    if (safe.rules.length + safe.keyspaces.length + safe.records.length === 0) continue;
    changeCell({ cell, parts: safe, wanted, draft, result });
    if (kept.size > 0) result.warnings.push(keptWarning(cell.cell.name, kept));
  }
  return result;
}

/** Where something else of the cell cannot be repaired, the diagnosis goes on naming the reads that it keeps. */
function refuseKept(findings: readonly Finding[], kept: ReadonlySet<string>, { reasons }: MutableResult): void {
  const tables = new Set([...kept].map((name) => parseRuleName(name).table));
  for (const finding of findings.filter((one) => one.tables.some((table) => tables.has(table)))) {
    reasons.set(
      finding,
      'Its reads were left where they are on purpose: they are changed only when that is asked for.',
    );
  }
}

interface MutableResult {
  readonly rests: RecordId[];
  readonly keyspaces: string[];
  readonly reasons: Map<Finding, string>;
  readonly warnings: string[];
}

interface CellTask {
  readonly cell: ComparedCell;
  readonly findings: readonly Finding[];
  readonly request: CellsRequest;
}

/** A cell without SrvVSchema gets a whole one, for which every global record must be readable. */
function buildCell(
  { diagnosed }: RepairContext,
  {
    cell,
    findings,
    request,
    wanted,
    draft,
    result,
  }: CellTask & { wanted: Snapshot; draft: Draft; result: MutableResult },
): void {
  const record = cellRecord.srvVSchema(cell.cell.name);
  const missing = diagnosed.findings.find(
    ({ code, cell: name }) => code === 'stale-srv-vschema' && name === cell.cell.name,
  );
  if (missing === undefined || (!findings.includes(missing) && request.moves.length === 0)) return;
  const unread = wanted.unreadable.filter(
    ({ record: one }) => one.cell === undefined && /Rules$|\/VSchema$/.test(one.path),
  );
  if (unread.length > 0) {
    result.reasons.set(
      missing,
      `${listWords(unread.map(({ record: { path } }) => path))} could not be read, and a whole SrvVSchema is made of it.`,
    );
    return;
  }
  draft.edit(SrvVSchemaSchema, record, { why: 'is built from the global rules and VSchemas' }, (message) => {
    buildSrvVSchema(message, wanted);
  });
  result.rests.push(
    globalRecord.routingRules,
    ...ruleRecordNames.map(ruleRecord),
    ...[...wanted.keyspaces.keys()].map(globalRecord.vschema),
  );
}

/** The differences that are asked for, without the reads that the cell keeps on purpose. */
function partsOf({
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

interface SafetyTask {
  readonly context: RepairContext;
  /** As it will be with what is drafted so far. */
  readonly input: DiagnosisInput;
  readonly findings: readonly Finding[];
  readonly parts: SrvVSchemaParts;
  readonly result: MutableResult;
}

/** Leaves out what would send a cell's writes to a shard that denies them. */
function safeParts({ input, findings, parts, result }: SafetyTask): SrvVSchemaParts {
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
  result: MutableResult,
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

function changeCell({
  cell,
  parts,
  wanted,
  draft,
  result,
}: {
  cell: ComparedCell;
  parts: SrvVSchemaParts;
  wanted: Snapshot;
  draft: Draft;
  result: MutableResult;
}): void {
  const carried = [
    ...(parts.rules.length === 0 ? [] : [`the routing rules of ${listWords(tablesOf(parts.rules))}`]),
    ...parts.records,
    ...(parts.keyspaces.length === 0 ? [] : [`the VSchema of ${listWords(parts.keyspaces)}`]),
  ];
  const record = cellRecord.srvVSchema(cell.cell.name);
  draft.edit(SrvVSchemaSchema, record, { why: `carries ${listWords(carried)} as they are globally` }, (message) => {
    changeSrvVSchema(message, wanted, parts);
  });
  if (parts.rules.length > 0) result.rests.push(globalRecord.routingRules);
  result.rests.push(...parts.records.map(ruleRecord), ...parts.keyspaces.map(globalRecord.vschema));
}

function ruleRecord(name: string): RecordId {
  switch (name) {
    case 'ShardRoutingRules':
      return globalRecord.shardRoutingRules;
    case 'KeyspaceRoutingRules':
      return globalRecord.keyspaceRoutingRules;
    default:
      return globalRecord.mirrorRules;
  }
}

function keptWarning(cell: string, names: ReadonlySet<string>): string {
  const tables = [...new Set([...names].map((name) => parseRuleName(name).table))].sort();
  return `${cell} keeps its own read rules of ${listWords(tables)}: its reads were left where they are on purpose. They follow the global rules only when that is asked for.`;
}
