/** What a precheck is asked and what it answers. */
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import type { FindingCode } from '../../model/finding.ts';
import type { ShardName } from '../../model/plan.ts';
import type { TabletTypeName } from '../../model/move.ts';
import type { RecordId } from '../../model/record.ts';
import type { TabletAnswer } from '../ports.ts';

export interface PrecheckRequest {
  readonly operation: 'switch' | 'reverse';
  readonly target: PrecheckTarget;
  /** The tablet types whose traffic is to be switched; all when undefined. */
  readonly tabletTypes?: readonly TabletTypeName[];
  /** Where reads are to be switched; every cell when undefined. */
  readonly cells?: readonly string[];
  /** vtctldclient's --action-timeout in milliseconds; undefined for its default of an hour, which is enough. */
  readonly actionTimeoutMs?: number;
  /** SwitchTraffic's --timeout in milliseconds, at least a second; 30 s when undefined. */
  readonly timeoutMs?: number;
  /** SwitchTraffic's --max-replication-lag-allowed in milliseconds; 30 s when undefined. */
  readonly maxReplicationLagMs?: number;
}

export type PrecheckTarget =
  | { readonly kind: 'workflow'; readonly keyspace: string; readonly workflow: string }
  /** `switch` goes from `from` to `to`, `reverse` the other way. */
  | { readonly kind: 'tables'; readonly tables: readonly string[]; readonly from: string; readonly to: string };

/** What a switch or reverse is about, told from the records. */
export interface PrecheckSubject {
  readonly operation: PrecheckRequest['operation'];
  /** Never empty; all between the same two keyspaces. */
  readonly moves: readonly [DiagnosedMove, ...DiagnosedMove[]];
  /** The keyspace that writes are to leave. */
  readonly from: string;
  /** The keyspace that is to serve afterwards. */
  readonly to: string;
  readonly tables: readonly string[];
  readonly tabletTypes: readonly TabletTypeName[];
  /** Where reads are switched; empty for every cell. */
  readonly cells: readonly string[];
  /** Every shard of both sides that takes part, `from` first. */
  readonly shards: readonly ShardName[];
  /** The workflow whose streams the operation runs on, which is the reverse one to go back; undefined when not known. */
  readonly runs: { readonly keyspace: string; readonly name: string } | undefined;
}

/** A tablet's answer, or why there is none. */
export type PrecheckAnswer =
  | TabletAnswer
  /** It was to be asked, and the time for the whole command was over. */
  | { readonly status: 'out-of-time' };

/** Codes are public and never renamed; a finding that stands in the way keeps its own code. */
export type PrecheckCode =
  | Exclude<FindingCode, 'record-unreadable'>
  /** Something that the answer rests on could not be read. */
  | 'not-checked'
  | 'keyspace-unknown'
  | 'workflow-unknown'
  | 'tables-unknown'
  | 'nothing-to-do'
  | 'writes-not-switched'
  | 'multi-tenant-reverse'
  | 'no-rules'
  | 'resharding'
  | 'streams-not-ready'
  | 'lagging'
  | 'denied-otherwise'
  | 'no-primary'
  | 'primary-changing'
  | 'primary-silent'
  | 'tablet-silent'
  | 'tablet-busy'
  | 'action-timeout';

export interface PrecheckReason {
  readonly code: PrecheckCode;
  /** What would fail and what to do next, in whole sentences. */
  readonly message: string;
  readonly record?: RecordId;
}

/** How long Vitess may take at most for each part of the operation, in milliseconds. */
export interface PrecheckTimeouts {
  /** All lock waits together. */
  readonly lockWaitMs: number;
  /** One round of RefreshState on all tablets; both sides are refreshed at once. */
  readonly refreshPerSideMs: number;
  /** The wait until the streams have caught up: SwitchTraffic's --timeout. */
  readonly catchUpMs: number;
  /** What follows the journal: denied tables, rules and SrvVSchema. */
  readonly postJournalMs: number;
  readonly totalMs: number;
  /** The option to give vtctldclient: `--action-timeout=7m`. */
  readonly advice: string;
}

export interface PrecheckResult {
  /** True when nothing that can be seen stands in the way. */
  readonly safe: boolean;
  /** False when something that the answer rests on could not be read; then `safe` is false too. */
  readonly complete: boolean;
  readonly reasons: readonly PrecheckReason[];
  /** What was not looked at and why, in whole sentences. */
  readonly notSeen: readonly string[];
  readonly timeouts: PrecheckTimeouts;
  /** Undefined when no move could be told from the request. */
  readonly subject: PrecheckSubject | undefined;
}
