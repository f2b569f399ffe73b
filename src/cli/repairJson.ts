/** What `repair`, `undo`, `history` and `locks` print as JSON. Field names are public and never renamed. */
import type { Plan, PlanResult, PlanStep } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { storedText } from '../records/recordText.ts';
import type { RunRecord } from '../repair/ports.ts';
import { findingJson } from './json.ts';

/** A plan and what came of it; `run` is null where nothing was carried out. */
export function outcomeJson(source: string, { plan, refusals }: PlanResult, run: RunRecord | undefined): object {
  return {
    source,
    plan: plan === undefined ? null : planJson(plan),
    refusals: refusals.map(({ finding, reason, commands }) => ({ finding: findingJson(finding), reason, commands })),
    run: run === undefined ? null : runJson(run),
  };
}

/** A run without its plan's records, as `history` lists it. */
export function runJson(run: RunRecord): object {
  const { id, kind, undoes, status, startedAt, endedAt, who, topology, connection, plan, steps, message } = run;
  return {
    id,
    kind,
    undoes: undoes ?? null,
    status,
    startedAt: time(startedAt),
    endedAt: time(endedAt),
    who,
    topology,
    connection: connection ?? null,
    keyspaces: plan.keyspaces,
    tables: plan.tables,
    cells: plan.cells,
    steps: steps.map((step) => ({
      title: step.title,
      status: step.status,
      startedAt: time(step.startedAt),
      endedAt: time(step.endedAt),
      revision: step.revision ?? null,
      message: step.message ?? null,
    })),
    message: message ?? null,
  };
}

function planJson(plan: Plan): object {
  const { revision, findings, steps, locks, guards, warnings, keyspaces, tables, cells } = plan;
  return {
    revision: revision ?? null,
    findings: findings.map(findingJson),
    steps: steps.map(stepJson),
    locks,
    guards: guards.map((guard) =>
      guard.kind === 'record'
        ? { kind: guard.kind, record: recordName(guard.record), revision: guard.modRevision }
        : guard,
    ),
    warnings,
    keyspaces,
    tables,
    cells,
  };
}

function stepJson(step: PlanStep): object {
  switch (step.kind) {
    case 'release-locks':
      return {
        kind: step.kind,
        title: step.title,
        locks: step.locks.map(({ record, lockedPath, holder, evidence }) => ({
          record: recordName(record),
          lockedPath,
          holder,
          evidence,
        })),
      };
    case 'refresh':
      return { kind: step.kind, purpose: step.purpose, title: step.title, shards: step.shards };
    case 'write':
      return {
        kind: step.kind,
        phase: step.phase,
        title: step.title,
        changes: step.changes.map(({ record, before, after, why }) => ({
          record: recordName(record),
          before: recordJson(record, before),
          after: recordJson(record, after),
          why,
        })),
      };
  }
}

/** A record as JSON, null where it is absent; bytes that have no JSON form are given as they are. */
function recordJson(record: RecordId, value: Uint8Array | undefined): unknown {
  if (value === undefined) return null;
  const body = storedText(record, value).replaceAll(/^\/\/.*\n/gm, '');
  return body.trim() === '' ? { base64: Buffer.from(value).toString('base64') } : JSON.parse(body);
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
