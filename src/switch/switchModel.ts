/** What a guarded SwitchTraffic or ReverseTraffic is asked, and what is known of it afterwards. */
import type { FindingCode, Severity } from '../model/finding.ts';
import type { TabletTypeName } from '../model/move.ts';
import type { TimelineEvent } from '../model/timelineEvent.ts';
import type { PrecheckTarget } from '../repair/precheck/precheckModel.ts';
import type { RunRecord } from '../repair/ports.ts';

export interface SwitchRequest {
  readonly operation: 'switch' | 'reverse';
  /** The forward workflow, in both directions, as vtctldclient's MoveTables takes it; `keyspace` is the target's. */
  readonly workflow: { readonly keyspace: string; readonly name: string };
  /** The same move, as the records show it. */
  readonly target: PrecheckTarget;
  /** Never empty: Vitess takes an empty list for nothing to do and calls that a success. */
  readonly tabletTypes: readonly TabletTypeName[];
  /** Where reads are switched; empty for every cell. Writes have no cells. */
  readonly cells: readonly string[];
  /** SwitchTraffic's --timeout in milliseconds: how long it waits for the streams to catch up. */
  readonly timeoutMs: number;
  /** SwitchTraffic's --max-replication-lag-allowed in milliseconds. */
  readonly maxReplicationLagMs: number;
}

/** What vtctld said, or why it said nothing. */
export type SwitchAnswer =
  | { readonly status: 'done'; readonly summary: string; readonly startState: string; readonly currentState: string }
  /** vtctld said no, or gave up; it is no longer at work. */
  | { readonly status: 'failed'; readonly reason: string }
  /** The answer was lost: vtctld may still be at work. */
  | { readonly status: 'lost'; readonly reason: string };

/**
 * `switched`: all that was asked is served by the other side, and the records
 * agree. `unchanged`: nothing moved, and they agree. `partly`: some moved, and
 * they agree. `contradictory`: they do not. `running`: vtctld was still at work
 * when the wait for it was over. `not-checked`: what is needed to tell could not
 * be read. `refused`: it was not started.
 */
export type SwitchVerdict =
  'switched' | 'unchanged' | 'partly' | 'contradictory' | 'running' | 'not-checked' | 'refused';

/** One finding that stands afterwards. */
export interface SwitchFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The record's name, as `CODE:RECORD` selects the finding. */
  readonly record: string;
  readonly message: string;
}

/** Where a guarded switch is. */
export type SwitchStage = 'reading' | 'saving' | 'switching' | 'following' | 'verifying' | 'over';

/** The record of one guarded switch. It holds no credentials. */
export interface SwitchRecord {
  readonly version: 1;
  readonly id: string;
  readonly stage: SwitchStage;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly who: RunRecord['who'];
  /** Words for people: where the topology and vtctld are, and the connection's name where there is one. */
  readonly topology: string;
  readonly vtctld: string;
  readonly connection?: string;
  readonly request: SwitchRequest;
  /** The folder with the topology as it was before; set once it is written. */
  readonly snapshot?: string;
  /** Every change to the topology that was seen since the call, in order. */
  readonly events: readonly TimelineEvent[];
  readonly answer?: SwitchAnswer;
  readonly verdict?: SwitchVerdict;
  /** What stands against the move afterwards, worst first. */
  readonly findings: readonly SwitchFinding[];
  /** What came of it and what to do next, in whole sentences; set at the end. */
  readonly message?: string;
}
