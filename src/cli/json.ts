/** The JSON that the commands print. Its fields are public: they may be added to, never renamed. */
import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { isSharded } from '../diagnose/keyspaceFacts.ts';
import type { Finding } from '../model/finding.ts';
import { recordName } from '../model/record.ts';
import type { PrecheckResult, PrecheckSubject } from '../repair/precheck/precheckModel.ts';

/** `vitess-topo status --format json`. */
export function statusJson({ snapshot, moves, complete }: DiagnosedTopology): object {
  return {
    source: snapshot.source,
    revision: snapshot.revision ?? null,
    complete,
    notes: snapshot.notes,
    keyspaces: [...snapshot.keyspaces.values()].map((keyspace) => ({
      name: keyspace.name,
      /** null when its VSchema could not be read. */
      sharded: isSharded(keyspace) ?? null,
      shards: keyspace.shards.map(({ name }) => name),
    })),
    moves: moves.map((move) => ({
      workflow: move.workflows[0] ?? null,
      workflows: move.workflows,
      kind: move.kind,
      source: move.source,
      target: move.target,
      tables: move.tables,
      direction: move.direction,
      trafficState: move.trafficState,
      healthy: isHealthy(move, complete),
      traffic: move.matrix.map(({ table, type, cell, servedBy }) => ({
        table,
        type,
        cell,
        /** null when no rule says, or when it could not be checked. */
        servedBy: servedBy.kind === 'keyspace' ? servedBy.keyspace : null,
        checked: servedBy.kind !== 'not-checked',
      })),
    })),
  };
}

/** True or false when it is known; null when nothing was found and not everything could be checked. */
export function isHealthy(move: DiagnosedMove, complete: boolean): boolean | null {
  if (move.findings.some(({ severity }) => severity === 'error')) return false;
  return complete ? true : null;
}

/** `vitess-topo diagnose --format json`. */
export function diagnosisJson({ snapshot, complete, findings }: DiagnosedTopology): object {
  return {
    source: snapshot.source,
    revision: snapshot.revision ?? null,
    complete,
    notes: snapshot.notes,
    findings: findings.map(findingJson),
  };
}

/** `vitess-topo precheck --format json`. */
export function precheckJson(result: PrecheckResult, { snapshot }: DiagnosedTopology): object {
  const { safe, complete, subject, reasons, notSeen, timeouts } = result;
  return {
    source: snapshot.source,
    revision: snapshot.revision ?? null,
    safe,
    complete,
    notes: snapshot.notes,
    subject: subject === undefined ? null : subjectJson(subject),
    reasons: reasons.map(({ code, message, record }) => ({
      code,
      message,
      record: record === undefined ? null : recordName(record),
    })),
    notSeen,
    timeouts,
  };
}

function subjectJson({ operation, moves, from, to, tables, shards, runs }: PrecheckSubject) {
  return {
    operation,
    /** null when the records do not name it. */
    workflow: runs === undefined ? null : `${runs.keyspace}.${runs.name}`,
    kind: moves[0].kind,
    from,
    to,
    tables,
    shards: shards.map(({ keyspace, shard }) => `${keyspace}/${shard}`),
    trafficStates: moves.map(({ trafficState }) => trafficState),
  };
}

/** What any command prints as JSON when the topology could not be read at all: never an empty, healthy answer. */
export function failureJson({ code, message }: { readonly code: string; readonly message: string }): object {
  return { complete: false, error: { code, message } };
}

/** A finding as `diagnose` prints it. */
export function findingJson(finding: Finding): object {
  return {
    code: finding.code,
    severity: finding.severity,
    keyspace: finding.keyspace ?? null,
    shard: finding.shard ?? null,
    cell: finding.cell ?? null,
    tables: finding.tables,
    record: recordName(finding.places[0].record),
    message: finding.message,
    fixable: finding.fixable,
  };
}

/** JSON as it is printed. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
