/** What every fix looks at. */
import { diagnosisInput, type DiagnosedMove, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { DiagnosisInput } from '../diagnose/rule.ts';
import { sidesServedBy, type TableSides } from '../diagnose/sides.ts';
import type { Finding } from '../model/finding.ts';
import type { RepairRequest } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { LockState } from './planLocks.ts';

/** A topology as it was read and what the diagnosis says of it. */
export interface JudgedTopology {
  readonly data: TopologyData;
  readonly diagnosed: DiagnosedTopology;
}

/**
 * The same as of a source without revisions, for a snapshot: its revision is
 * that of the cluster it was copied from, at which nothing can be written, and
 * whether the locks in it are still alive is not known.
 */
export function withoutRevision({ data, diagnosed }: JudgedTopology): JudgedTopology {
  const shown: { -readonly [K in keyof TopologyData]: TopologyData[K] } = { ...data };
  const snapshot: { -readonly [K in keyof Snapshot]: Snapshot[K] } = { ...diagnosed.snapshot };
  delete shown.revision;
  delete snapshot.revision;
  return { data: shown, diagnosed: { ...diagnosed, snapshot } };
}

export interface PlanOptions {
  /** Locks that this process holds: they stop no plan. */
  readonly ownLocks?: readonly RecordId[];
}

export interface RepairContext extends JudgedTopology {
  readonly request: RepairRequest;
  readonly snapshot: Snapshot;
  readonly input: DiagnosisInput;
  readonly moves: readonly DiagnosedMove[];
  readonly locks: LockState;
}

export function repairContext(
  request: RepairRequest,
  { data, diagnosed }: JudgedTopology,
  { ownLocks }: PlanOptions,
): RepairContext {
  const { snapshot, moves } = diagnosed;
  const locks = new LockState(snapshot, moves, ownLocks);
  return { request, data, diagnosed, snapshot, input: diagnosisInput(snapshot), moves, locks };
}

/** The keyspace that a move is to be turned to; undefined where its denied tables follow the rules. */
export function servedFrom({ request: { direction } }: RepairContext): string | undefined {
  return direction.kind === 'serve-from' ? direction.keyspace : undefined;
}

/** The sides of a move's tables as the repair wants them served. */
export function wantedSides(context: RepairContext, move: DiagnosedMove): TableSides[] {
  const keyspace = servedFrom(context);
  const byRules = context.input.sides.filter((sides) => sides.move.id === move.id);
  if (keyspace === undefined || move.kind !== 'standard') return byRules;
  return move.tables.flatMap((table) => sidesServedBy(context.snapshot, move, table, keyspace));
}

/** The findings of a move, of some codes. */
export function moveFindings(move: DiagnosedMove, codes: readonly Finding['code'][]): Finding[] {
  return move.findings.filter(({ code }) => codes.includes(code));
}

/** The findings that denied tables of a move are repaired for. */
export const deniedCodes = [
  'serving-side-denied',
  'both-sides-denied',
  'other-side-not-denied',
  'shards-disagree',
] as const;
