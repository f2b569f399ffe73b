/** What a repair needs of the world besides the topology. */
import type { Plan, ShardName } from '../model/plan.ts';

/** A tablet as its record describes it. */
export interface TabletTarget {
  /** `zone1-0000000100`. */
  readonly alias: string;
  readonly cell: string;
  readonly hostname: string;
  /** The tablet-manager gRPC port; undefined when its record names none. */
  readonly grpcPort: number | undefined;
  /** As Vitess writes it: `PRIMARY`, `REPLICA`, `BACKUP`, … */
  readonly type: string;
  /**
   * True for the tablet that the Shard record names as its primary, and for one
   * that became PRIMARY after that: a reparent that the Shard record does not show yet.
   */
  readonly isPrimary: boolean;
}

/** A shard and the tablets of it that the topology knows. */
export interface ShardTablets extends ShardName {
  /** The alias that the Shard record names as its primary, also when no tablet of that alias is known. */
  readonly primaryAlias?: string;
  readonly tablets: readonly TabletTarget[];
  /** What could not be read, each as name and reason: the Shard record, cells, Tablet records. */
  readonly unread: readonly string[];
}

export type TabletOutcome =
  /** It has read its Shard record again. */
  | { readonly status: 'confirmed' }
  | { readonly status: 'failed'; readonly reason: string }
  /** It was not asked: it does not serve (BACKUP, RESTORE, DRAINED) or has no address. */
  | { readonly status: 'skipped'; readonly reason: string }
  /** It was not asked: somebody else was given this time to have it read its Shard record. */
  | { readonly status: 'waited'; readonly seconds: number };

export interface ShardRefresh extends ShardName {
  readonly tablets: readonly { readonly alias: string; readonly type: string; readonly outcome: TabletOutcome }[];
  /** True when every tablet that is the primary or took over from it confirmed, or when the operator said that waiting is enough and the time is over. */
  readonly primaryConfirmed: boolean;
  /** What the operator should know, in whole sentences; e.g. that vtctld told of a partial refresh. */
  readonly notes: readonly string[];
}

export interface RefreshOptions {
  readonly signal: AbortSignal;
  /** For each tablet; Vitess gives 30 s. */
  readonly timeoutMs: number;
  /** Called now and then with words on what is waited for. */
  readonly onProgress?: (words: string) => void;
}

/** Has tablets read their Shard record again (Vitess's RefreshState). */
export interface TabletRefresher {
  /** How tablets are reached, in words: `the tablets' gRPC ports`, `vtctld at …`, `nothing reaches the tablets: …`. */
  readonly description: string;
  /** Refreshes all shards at once; each failure is a value in the result. */
  refresh(shards: readonly ShardTablets[], options: RefreshOptions): Promise<readonly ShardRefresh[]>;
}

/** How a tablet answered to a dial that changes nothing. */
export type TabletAnswer =
  | { readonly status: 'answers' }
  | { readonly status: 'silent'; readonly reason: string }
  /** Whether it is there could not be asked, or nobody meant to ask it. */
  | { readonly status: 'not-dialled'; readonly reason: string };

/** Asks tablets whether they are there. */
export interface TabletDialer {
  dial(tablet: TabletTarget, options: RefreshOptions): Promise<TabletAnswer>;
}

export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';

export interface StepRecord {
  readonly title: string;
  readonly status: StepStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The revision that the step's last transaction gave. */
  readonly revision?: string;
  /** What happened, in whole sentences. */
  readonly message?: string;
}

/**
 * `unchanged`: no record was written; an abandoned lock may have been released.
 * `done`: written, read again, and the plan's findings are gone.
 * `undone`: nothing was allowed, and what was denied was taken back. `stopped`:
 * something stands that the next diagnosis explains; the message says what.
 */
export type RunStatus = 'running' | 'done' | 'unchanged' | 'undone' | 'stopped';

/** The audit record of one run. It holds no credentials. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  readonly kind: 'repair' | 'undo';
  /** The run that this one undoes. */
  readonly undoes?: string;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly who: { readonly userName: string; readonly hostName: string; readonly processId: number };
  /** Words for people: where the topology is; and the connection's name where there is one. */
  readonly topology: string;
  readonly connection?: string;
  readonly plan: Plan;
  /** One for each step of the plan, in its order. */
  readonly steps: readonly StepRecord[];
  /** What stands and what to run next, in whole sentences; set at the end. */
  readonly message?: string;
}

/** Where runs are recorded. A run that cannot be recorded does not start. */
export interface RunHistory {
  /** An id that no other run has; ids of later runs sort after it. */
  newId(startedAt: number): string;
  /** Writes the record, atomically, replacing the one with the same id; rejects when it is not on disk. */
  save(run: RunRecord): Promise<void>;
}

/** The time, and waiting for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}
