/** A repair as it will be carried out: pure data, made by the planner, shown to the operator, run by the executor. */
import type { Finding, FindingCode } from './finding.ts';
import { recordName, type RecordId } from './record.ts';

/**
 * Which truth the records are brought to. `follow-routing`: denied tables follow
 * the primary rules, where the writes made since are. `serve-from`: rules and
 * denied tables together are turned to one keyspace; rows written on the other
 * side since are not there unless replication kept up.
 */
export type RepairDirection =
  { readonly kind: 'follow-routing' } | { readonly kind: 'serve-from'; readonly keyspace: string };

/** What is to be repaired. */
export type RepairScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'keyspace'; readonly keyspace: string }
  /** `move` is a Move's id. */
  | { readonly kind: 'move'; readonly move: string }
  /** The findings of this code whose first place is in this record, as `recordName` writes it. */
  | { readonly kind: 'finding'; readonly code: FindingCode; readonly record: string };

export interface RepairRequest {
  readonly scope: RepairScope;
  readonly direction: RepairDirection;
  /** True to let a rebuilt SrvVSchema also switch the reads that a cell keeps on purpose (`reads-differ-by-cell`). */
  readonly followReads: boolean;
  /**
   * Shards whose tablets may not know what their Shard record says, since a run
   * that wrote it was cut off: they are refreshed also where nothing is left to write.
   */
  readonly refresh?: readonly ShardName[];
}

/** One record's change; bytes are as they are stored. */
export interface RecordChange {
  readonly record: RecordId;
  /** Undefined: the record is absent. */
  readonly before: Uint8Array | undefined;
  /** Undefined: the record is deleted. */
  readonly after: Uint8Array | undefined;
  /**
   * The revision of the last write of `before`, '0' when it is absent. Of a
   * record that an earlier step of the plan writes, that write's revision counts instead.
   */
  readonly modRevision: string;
  /** Why, as a clause that follows the record's name: `denies corder: the routing rules serve it from customer`. */
  readonly why: string;
}

export interface ShardName {
  readonly keyspace: string;
  readonly shard: string;
}

/** A lock that its holder left, as it was judged when the plan was made. */
export interface LockToRelease {
  readonly record: RecordId;
  readonly lockedPath: string;
  /** Who holds it and why it counts as abandoned, in words. */
  readonly holder: string;
  readonly evidence: string;
  readonly modRevision: string;
  /** Undefined: its key has no lease, and the key itself is deleted. */
  readonly leaseId: string | undefined;
}

/** The steps of a plan, in the order in which at no moment both sides accept writes. */
export type PlanStep =
  /** Before the repair's own locks are taken: they would wait for these. */
  | { readonly kind: 'release-locks'; readonly title: string; readonly locks: readonly LockToRelease[] }
  /**
   * `deny` only adds denied tables; `allow` is everything that may open a side,
   * with rules, SrvVSchema and the rest, and comes after every primary has confirmed.
   */
  | {
      readonly kind: 'write';
      readonly phase: 'deny' | 'allow';
      readonly title: string;
      /** In the order in which they are written where one transaction cannot take them all. */
      readonly changes: readonly RecordChange[];
    }
  /** `confirm-deny` stops the plan when a primary does not confirm; `apply-allow` reports it. */
  | {
      readonly kind: 'refresh';
      readonly purpose: 'confirm-deny' | 'apply-allow';
      readonly title: string;
      readonly shards: readonly ShardName[];
    };

/** What must not have changed when a plan writes. */
export type PlanGuard =
  /** A record that the decision rests on; '0' is absent. */
  | { readonly kind: 'record'; readonly record: RecordId; readonly modRevision: string }
  /** Everything under `keyspaces/<keyspace>/shards/`: no Shard record was written or added since the plan's revision, but by the plan. */
  | { readonly kind: 'shards'; readonly keyspace: string };

/** What a plan is for: a repair of findings, or taking back what a recorded run wrote. */
export type PlanPurpose =
  { readonly kind: 'repair'; readonly request: RepairRequest } | { readonly kind: 'undo'; readonly run: string };

export interface Plan {
  readonly purpose: PlanPurpose;
  /** The revision of the global etcd that the plan was made from; undefined for a source without revisions, whose plan can only be shown. */
  readonly revision: string | undefined;
  /** The findings that it removes; empty for an undo. */
  readonly findings: readonly Finding[];
  /** The paths to lock, in the order in which Vitess takes them: workflows' named locks, source keyspaces, target keyspaces. */
  readonly locks: readonly string[];
  readonly guards: readonly PlanGuard[];
  /** Never empty. */
  readonly steps: readonly PlanStep[];
  /** What the operator must know before it runs, in whole sentences; a `serve-from` plan always has one. */
  readonly warnings: readonly string[];
  /** What the confirmation names; each sorted. */
  readonly keyspaces: readonly string[];
  readonly tables: readonly string[];
  readonly cells: readonly string[];
}

/** A finding that is in scope and not planned, with what can be done instead. */
export interface Refusal {
  readonly finding: Finding;
  /** Whole sentences. */
  readonly reason: string;
  /** vtctldclient commands to do it by hand; empty when there are none. */
  readonly commands: string;
}

export interface PlanResult {
  /** Undefined when nothing can be, or needs to be, repaired. */
  readonly plan: Plan | undefined;
  readonly refusals: readonly Refusal[];
}

/** All changes of a plan, in the order of its steps. */
export function planChanges(plan: Plan): RecordChange[] {
  return plan.steps.flatMap((step) => (step.kind === 'write' ? step.changes : []));
}

/** What each record is before the whole plan and what it becomes; a record that two steps write comes once. */
export function recordTotals(plan: Plan): Pick<RecordChange, 'record' | 'before' | 'after'>[] {
  const totals = new Map<string, Pick<RecordChange, 'record' | 'before' | 'after'>>();
  for (const { record, before, after } of planChanges(plan)) {
    const name = recordName(record);
    totals.set(name, { record, before: (totals.get(name) ?? { before }).before, after });
  }
  return [...totals.values()];
}
