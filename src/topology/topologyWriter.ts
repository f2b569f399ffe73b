/**
 * The port through which a topology is changed: Vitess's locks, and
 * transactions that compare all that they rest on. No other code writes.
 */
import type { Lock, LockContents } from '../model/lock.ts';
import type { LockToRelease } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import type { Topology } from './topology.ts';

/** Limits of one call. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface LockOptions extends CallOptions {
  /** How long to wait for earlier holders, in milliseconds; Vitess waits 45 s. */
  readonly waitMs: number;
  /** Called when the lock has to be waited for, and whenever its holders change. */
  readonly onWait: (holders: readonly Pick<Lock, 'lockedPath' | 'contents'>[]) => void;
}

/** A lock that this process holds and keeps alive. */
export interface HeldLock {
  readonly lockedPath: string;
  /** Its key's record, so that a snapshot's own locks can be told from others'. */
  readonly record: RecordId;
}

export interface RecordWrite {
  readonly record: RecordId;
  /** Undefined deletes the record. */
  readonly value: Uint8Array | undefined;
  /** What the record's revision must be; '0': it must be absent. */
  readonly modRevision: string;
}

export type WriteGuard =
  | { readonly kind: 'record'; readonly record: RecordId; readonly modRevision: string }
  /** No key of the global root that begins with `prefix` was written after this revision. A deletion does not show. */
  | { readonly kind: 'prefix'; readonly prefix: string; readonly notAfter: string };

/** Writes to one cluster that happen together or not at all. */
export interface WriteTransaction {
  /** All of one cluster, see `clusterOf`; at most `limits` large together with the guards. */
  readonly writes: readonly RecordWrite[];
  /** Those of the same cluster are compared in the transaction; others are read right before it. */
  readonly guards: readonly WriteGuard[];
}

export type CommitResult =
  | { readonly status: 'committed'; readonly revision: string }
  /** Nothing was written: these records or prefixes changed, or these locks are no longer held. */
  | { readonly status: 'conflict'; readonly changed: readonly string[]; readonly lostLocks: readonly string[] };

/** What one transaction may hold (etcd's `--max-txn-ops` and `--max-request-bytes`). */
export interface TransactionLimits {
  /** Compares, and likewise writes. */
  readonly operations: number;
  readonly bytes: number;
}

/**
 * One run's writing. All its locks hang on one lease, which is renewed until
 * `close`; every transaction compares that the keys of all its locks still
 * exist, and cells on other clusters check that right before.
 */
export interface TopologyWriter {
  /** As of now: every held lock takes one of the operations. */
  readonly limits: TransactionLimits;
  /** Aborted, with a TopologyError, when the lease is lost: no further commit can succeed. */
  readonly lost: AbortSignal;
  /** Records of the same cluster can be written together; the global root's cluster is `clusterOf` any global record. */
  clusterOf(record: RecordId): string;
  /**
   * Takes a lock as Vitess's etcd2 topology does and waits its turn. Rejects
   * with a TopologyError: `cancelled`, `timeout` (naming the holder), or what etcd said; then nothing is left of it.
   */
  lock(lockedPath: string, contents: Pick<LockContents, 'action'>, options: LockOptions): Promise<HeldLock>;
  /**
   * Commits once. When the answer is lost it reads back whether the writes are
   * there; rejects with the TopologyError `unknown-outcome` only when that cannot be learnt within the signal's time.
   */
  commit(transaction: WriteTransaction, options: CallOptions): Promise<CommitResult>;
  /**
   * Releases another's abandoned lock: revokes its lease, or deletes its key
   * where it has none. `stillAbandoned` judges the lock as it is right before.
   * False when the key was gone; rejects with a TopologyError `changed` when it is another's now or shows life.
   */
  releaseAbandoned(lock: LockToRelease, stillAbandoned: (now: Lock) => boolean, options: CallOptions): Promise<boolean>;
  /** Revokes the lease, and so releases every lock; never rejects. False when etcd could not be told: the lease then expires by itself. */
  close(options: CallOptions): Promise<boolean>;
}

/** A topology that can be changed. */
export interface WritableTopology extends Topology {
  /** Opens a writer for one run. Cells are written where the last `read` found them. `who` is put into its locks. */
  openWriter(who: Pick<LockContents, 'hostName' | 'userName'>, options: CallOptions): Promise<TopologyWriter>;
}

/** Whether the topology can be changed at all: a folder cannot. */
export function isWritable(topology: Topology): topology is WritableTopology {
  return 'openWriter' in topology;
}
