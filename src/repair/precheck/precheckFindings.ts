/** Which findings and locks of a diagnosis stand in the way of the operation. */
import type { DiagnosedTopology } from '../../diagnose/diagnose.ts';
import type { Finding } from '../../model/finding.ts';
import { lockTarget } from '../../model/lock.ts';
import { recordName } from '../../model/record.ts';
import { isReverseWorkflow, partnerWorkflowName } from '../../model/workflow.ts';
import { parseGlobalPath } from '../../records/topoKey.ts';
import type { PrecheckCode, PrecheckReason, PrecheckSubject } from './precheckModel.ts';

/** In the order of the diagnosis: worst first. */
export function findingReasons(subject: PrecheckSubject, { findings }: DiagnosedTopology): PrecheckReason[] {
  return findings.flatMap((finding) => {
    const consequence = consequenceOf(subject, finding);
    if (consequence === undefined || finding.code === 'record-unreadable') return [];
    return [reason(finding.code, finding, consequence)];
  });
}

/** What could not be read and the operation or this answer rests on. Without a subject everything does. */
export function unreadReasons(subject: PrecheckSubject | undefined, { findings }: DiagnosedTopology): PrecheckReason[] {
  return findings
    .filter((finding) => finding.code === 'record-unreadable' && restsOn(subject, finding))
    .map((finding) => reason('not-checked', finding, 'This could not be checked.'));
}

/** Records of other keyspaces do not matter, but every VSchema goes into the SrvVSchema that is rebuilt. */
function restsOn(subject: PrecheckSubject | undefined, { keyspace, places: [{ record }] }: Finding): boolean {
  if (subject === undefined || keyspace === undefined || isSide(subject, keyspace)) return true;
  return record.cell === undefined && parseGlobalPath(record.path).kind === 'VSchema';
}

function reason(code: PrecheckCode, { places: [{ record }], message }: Finding, consequence: string): PrecheckReason {
  return { code, message: `${consequence} ${message}`, record };
}

/** What a finding does to the operation; undefined when it does nothing to it. */
function consequenceOf(subject: PrecheckSubject, finding: Finding): string | undefined {
  const { code, keyspace, shard, tables, move } = finding;
  const ownMove = subject.moves.some(({ id }) => id === move);
  const ownKeyspace = keyspace !== undefined && isSide(subject, keyspace);
  const ownTables = tables.some((table) => subject.tables.includes(table));
  switch (code) {
    case 'abandoned-lock':
    case 'held-lock':
      return lockConsequence(subject, finding);
    case 'stale-srv-vschema':
      return `The operation rebuilds the SrvVSchema of every cell, and with it switches all that this one lacks.`;
    case 'reads-differ-by-cell':
      return ownMove ? undefined : `The operation rebuilds the SrvVSchema of every cell, and switches these reads too.`;
    case 'query-service-disabled':
      return ownKeyspace ? 'A side of the move does not serve all queries.' : undefined;
    case 'orphan-denied-tables':
      return ownKeyspace && (ownTables || takesPart(subject, keyspace, shard))
        ? 'Denied tables of an earlier operation are left here, on which the operation can fail halfway (vitessio/vitess#13999).'
        : undefined;
    case 'duplicate-control':
      return takesPart(subject, keyspace, shard)
        ? 'The operation changes the first of these controls, and the tablets obey the last.'
        : undefined;
    case 'legacy-control':
      return takesPart(subject, keyspace, shard) && ownTables
        ? 'The operation leaves this control as it is, and reads that are switched here fail.'
        : undefined;
    case 'dangling-rule':
      return ownTables
        ? 'A rule of these tables leads nowhere, and the operation builds on the rules that it finds.'
        : undefined;
    case 'stopped-not-frozen':
      // SwitchTraffic again is what completes it.
      return ownMove && subject.moves.some(({ source }) => source === subject.to)
        ? 'The last switch is not finished, and cannot be reversed before it is.'
        : undefined;
    case 'status-differs':
      return ownMove ? 'The operation would start from another state than the records show.' : undefined;
    case 'missing-streams':
      // That the forward workflow alone is missing is said of an operation that needs it.
      return ownMove && finding.severity === 'error'
        ? 'The records contradict each other before the operation starts.'
        : undefined;
    case 'stale-srv-keyspace':
    case 'record-unreadable':
      return undefined;
    default:
      return ownMove || (ownKeyspace && ownTables)
        ? 'The records contradict each other before the operation starts.'
        : undefined;
  }
}

/** A lock that the operation waits for, or under which somebody works on the same records. */
function lockConsequence(subject: PrecheckSubject, { places: [{ record }] }: Finding): string | undefined {
  const key = parseGlobalPath(record.path);
  if (key.kind !== 'Lock') return undefined;
  const target = lockTarget(key.lockedPath);
  const waits = 'The operation waits up to 45 s for this lock and then fails.';
  switch (target.kind) {
    case 'keyspace':
      return isSide(subject, target.keyspace) ? waits : undefined;
    case 'shard':
      return takesPart(subject, target.keyspace, target.shard)
        ? 'A reparent, or another operation, may change this shard and its primary meanwhile.'
        : undefined;
    case 'workflow':
      return workflowConsequence(subject, target, waits);
    case 'other':
      return key.lockedPath === 'routing_rules' && subject.moves.some(({ kind }) => kind === 'multi-tenant')
        ? waits
        : undefined;
  }
}

function workflowConsequence(
  subject: PrecheckSubject,
  { keyspace, workflow }: { readonly keyspace: string; readonly workflow: string },
  waits: string,
): string | undefined {
  if (!isSide(subject, keyspace)) return undefined;
  const { runs } = subject;
  if (runs === undefined) return `If this is the move's workflow: ${waits.charAt(0).toLowerCase()}${waits.slice(1)}`;
  if (runs.keyspace === keyspace && runs.name === workflow) return waits;
  if (runs.keyspace === keyspace || partnerWorkflowName(runs.name) !== workflow) return undefined;
  const way = isReverseWorkflow(workflow) ? 'ReverseTraffic, the way back,' : 'The switch in the other direction';
  return `${way} waits up to 45 s for this lock and then fails.`;
}

function isSide({ from, to }: PrecheckSubject, keyspace: string): boolean {
  return keyspace === from || keyspace === to;
}

function takesPart({ shards }: PrecheckSubject, keyspace?: string, shard?: string): boolean {
  return shards.some((one) => one.keyspace === keyspace && one.shard === shard);
}

/** The name of what could not be read, for `notSeen`. */
export function unreadName({ record, message }: PrecheckReason): string {
  return record === undefined ? message : `${recordName(record)} could not be read.`;
}
