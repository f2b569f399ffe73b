/** Which parts of which cells' SrvVSchema a repair changes. */
import { compareCells, readsKeptOnPurpose, tablesOf, type ComparedCell } from '../diagnose/cellDifferences.ts';
import { diagnosisInput } from '../diagnose/diagnose.ts';
import { parseRuleName } from '../diagnose/routing.ts';
import type { Finding } from '../model/finding.ts';
import { cellRecord, globalRecord } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { SrvVSchemaSchema } from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import { partsOf, ruleRecord, safeParts, type CellsRequest, type CellsResult, type CellTask } from './cellParts.ts';
import type { Draft } from './draft.ts';
import type { RepairContext } from './repairContext.ts';
import { buildSrvVSchema, changeSrvVSchema, ruleRecordNames, type SrvVSchemaParts } from './srvVSchemaFix.ts';

/** Writes the cells' SrvVSchemas into the draft, as the draft's global records give them. */
export function draftCells(context: RepairContext, request: CellsRequest, draft: Draft): CellsResult {
  const wanted = decodeSnapshot(draft.topology());
  // The moves are the ones that the diagnosis named: changed rules may make them look like others.
  const input = { ...diagnosisInput(wanted), moves: context.input.moves };
  const current = compareCells(context.input);
  const result: CellsResult = { rests: [], keyspaces: [], reasons: new Map(), warnings: [] };
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
    const safe = safeParts({ input, findings, parts, result });
    if (safe.rules.length + safe.keyspaces.length + safe.records.length === 0) continue;
    changeCell({ cell, parts: safe, wanted, draft, result });
    if (kept.size > 0) result.warnings.push(keptWarning(cell.cell.name, kept));
  }
  return result;
}

/** Where something else of the cell cannot be repaired, the diagnosis goes on naming the reads that it keeps. */
function refuseKept(findings: readonly Finding[], kept: ReadonlySet<string>, { reasons }: CellsResult): void {
  const tables = new Set([...kept].map((name) => parseRuleName(name).table));
  for (const finding of findings.filter((one) => one.tables.some((table) => tables.has(table)))) {
    reasons.set(
      finding,
      'Its reads were left where they are on purpose: they are changed only when that is asked for.',
    );
  }
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
  }: CellTask & { wanted: Snapshot; draft: Draft; result: CellsResult },
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

interface CellChange {
  readonly cell: ComparedCell;
  readonly parts: SrvVSchemaParts;
  readonly wanted: Snapshot;
  readonly draft: Draft;
  readonly result: CellsResult;
}

function changeCell({ cell, parts, wanted, draft, result }: CellChange): void {
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

function keptWarning(cell: string, names: ReadonlySet<string>): string {
  const tables = [...new Set([...names].map((name) => parseRuleName(name).table))].sort();
  return `${cell} keeps its own read rules of ${listWords(tables)}: its reads were left where they are on purpose. They follow the global rules only when that is asked for.`;
}
