import type { Lock, LockContents } from '../model/lock.ts';
import type { LockToRelease } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import { writeLockContents } from '../records/lockContents.ts';
import { releaseLock } from './etcdAbandoned.ts';
import { commitOnce } from './etcdCommit.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import { EtcdLease } from './etcdLease.ts';
import { takeLock } from './etcdLocks.ts';
import type { EtcdLock } from './etcdLocks.ts';
import { keyOf, placeOf } from './etcdPlaces.ts';
import type { EtcdPlace, EtcdPlaces } from './etcdPlaces.ts';
import { changesIn, lockCondition, prefixCondition, recordCondition, transactionOf } from './etcdTransaction.ts';
import type { Condition } from './etcdTransaction.ts';
import { keyPrefix } from './keys.ts';
import { underCaller } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type {
  CallOptions,
  CommitResult,
  HeldLock,
  LockOptions,
  RecordWrite,
  TopologyWriter,
  TransactionLimits,
  WriteGuard,
  WriteTransaction,
} from './topologyWriter.ts';
import { writerClosed } from './writeErrors.ts';

/** What one run of writing starts from. */
export interface EtcdWriterOptions {
  /** The global root's place without its cluster, which etcd tells. */
  readonly global: Omit<EtcdPlace, 'cluster'>;
  readonly cells: EtcdPlaces['cells'];
  readonly who: Pick<LockContents, 'hostName' | 'userName'>;
  readonly leaseTtlSeconds: number;
  /** Aborted when the topology is closed. */
  readonly closed: AbortSignal;
}

// etcd's defaults: --max-txn-ops=128, and --max-request-bytes=1.5 MiB, of which keys and compares take the rest.
const MOST_OPERATIONS = 128;
const MOST_BYTES = 1.5 * 1024 * 1024 - 96 * 1024;

/** Writes to a topology in etcd under one lease. */
export class EtcdWriter implements TopologyWriter {
  readonly lost: AbortSignal;
  private readonly lease: EtcdLease;
  private readonly places: EtcdPlaces;
  private readonly who: EtcdWriterOptions['who'];
  private readonly locks = new Map<string, EtcdLock>();
  /** Connections that are known to lead to the global cluster. */
  private readonly proven = new Set<EtcdConnection>();
  private readonly ended = new AbortController();

  private constructor(lease: EtcdLease, { global, cells, who, closed }: EtcdWriterOptions) {
    this.lease = lease;
    this.lost = lease.lost;
    this.places = { global: { ...global, cluster: lease.cluster }, cells };
    this.who = who;
    const end = (): void => {
      lease.stop();
      this.end();
    };
    closed.addEventListener('abort', end, { once: true });
    this.ended.signal.addEventListener('abort', () => {
      closed.removeEventListener('abort', end);
    });
  }

  /** Has etcd grant the lease; rejects with a TopologyError. */
  static async open(options: EtcdWriterOptions, { signal }: CallOptions): Promise<EtcdWriter> {
    const { connection } = options.global;
    const lease = await underCaller([signal, options.closed], `Writing to etcd at ${connection.name}`, (limited) =>
      EtcdLease.grant(connection, options.leaseTtlSeconds, limited),
    );
    return new EtcdWriter(lease, options);
  }

  /** The locks' keys are compared too. */
  get limits(): TransactionLimits {
    return { operations: MOST_OPERATIONS - this.locks.size, bytes: MOST_BYTES };
  }

  clusterOf(record: RecordId): string {
    return placeOf(this.places, record).cluster;
  }

  async lock(lockedPath: string, { action }: Pick<LockContents, 'action'>, options: LockOptions): Promise<HeldLock> {
    if (this.locks.has(lockedPath)) throw new Error(`the lock on ${lockedPath} is already held`);
    const contents = writeLockContents({ ...this.who, action, time: Date.now() });
    const callers = [options.signal, this.ended.signal, this.lost];
    const lock = await underCaller(callers, `Waiting for the lock on ${lockedPath}`, (signal) =>
      takeLock({ ...this.places.global, lease: this.lease }, lockedPath, contents, { ...options, signal }),
    );
    this.locks.set(lockedPath, lock);
    return lock;
  }

  commit({ writes, guards }: WriteTransaction, options: CallOptions): Promise<CommitResult> {
    return this.call('Writing', options.signal, async (signal) => {
      const place = this.onePlace(writes.map(({ record }) => record));
      const conditions = this.conditionsByCluster(guards);
      await this.checkSameCluster(writes, signal);
      for (const [cluster, elsewhere] of conditions) {
        const conflict = cluster === place.cluster ? undefined : await this.check(elsewhere, signal);
        if (conflict !== undefined) return this.report(conflict);
      }
      const keyWrites = writes.map((write) => ({ ...write, key: keyOf(this.places, write.record) }));
      const own = keyWrites.map(({ record, key, modRevision }) => recordCondition(record, key, modRevision));
      const here = conditions.get(place.cluster)?.conditions ?? [];
      return this.report(await commitOnce(place.connection, [...own, ...here], keyWrites, signal));
    });
  }

  releaseAbandoned(
    lock: LockToRelease,
    stillAbandoned: (now: Lock) => boolean,
    options: CallOptions,
  ): Promise<boolean> {
    return this.call(`Releasing the lock on ${lock.lockedPath}`, options.signal, (signal) =>
      releaseLock(this.places.global, lock, stillAbandoned, signal),
    );
  }

  async close({ signal }: CallOptions): Promise<boolean> {
    this.end();
    return this.lease.revoke(signal);
  }

  private end(): void {
    this.ended.abort(writerClosed());
  }

  private call<T>(subject: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return underCaller([signal, this.ended.signal], subject, work);
  }

  private onePlace(records: readonly RecordId[]): EtcdPlace {
    const places = records.map((record) => placeOf(this.places, record));
    const [first] = places;
    if (first === undefined) throw new Error('a transaction without writes');
    if (places.some(({ cluster }) => cluster !== first.cluster)) throw new Error('a transaction over two clusters');
    return first.cluster === this.places.global.cluster ? this.places.global : first;
  }

  // Clusters that were set up with the same flags on different hosts have the same id, but not the same lease.
  private async checkSameCluster(writes: readonly RecordWrite[], signal: AbortSignal): Promise<void> {
    const { global } = this.places;
    for (const { record } of writes) {
      const { connection, cluster } = placeOf(this.places, record);
      if (connection === global.connection || cluster !== global.cluster || this.proven.has(connection)) continue;
      const { TTL } = await connection.leaseTimeToLive(this.lease.id, signal);
      if (Number(TTL) < 0) throw sameIdError(global.connection.name, connection.name);
      this.proven.add(connection);
    }
  }

  /** What must hold, by the cluster that can compare it; the locks are in the global one. */
  private conditionsByCluster(
    guards: readonly WriteGuard[],
  ): ReadonlyMap<string, { readonly place: EtcdPlace; readonly conditions: Condition[] }> {
    const byCluster = new Map<string, { readonly place: EtcdPlace; readonly conditions: Condition[] }>();
    const add = (place: EtcdPlace, condition: Condition): void => {
      const known = byCluster.get(place.cluster) ?? { place, conditions: [] };
      known.conditions.push(condition);
      byCluster.set(place.cluster, known);
    };
    const { global } = this.places;
    for (const lock of this.locks.values()) add(global, lockCondition(lock));
    for (const guard of guards) {
      if (guard.kind === 'prefix') {
        add(global, prefixCondition(guard.prefix, keyPrefix(global.root) + guard.prefix, guard.notAfter));
      } else {
        const { record, modRevision } = guard;
        add(placeOf(this.places, record), recordCondition(record, keyOf(this.places, record), modRevision));
      }
    }
    return byCluster;
  }

  /** Compares without writing. */
  private async check(
    { place, conditions }: { readonly place: EtcdPlace; readonly conditions: readonly Condition[] },
    signal: AbortSignal,
  ): Promise<CommitResult | undefined> {
    const request = transactionOf(conditions, []);
    const answer = await place.connection.repeatable(signal, ({ kv }) => kv.txn(request));
    return answer.succeeded ? undefined : { status: 'conflict', ...changesIn(conditions, answer) };
  }

  private report(result: CommitResult): CommitResult {
    if (result.status === 'conflict' && result.lostLocks.length > 0) {
      this.lease.lose(`the locks on ${result.lostLocks.join(', ')} are gone.`);
    }
    return result;
  }
}

function sameIdError(global: string, cell: string): TopologyError {
  const message = `etcd at ${cell} has the cluster id of the global etcd at ${global} and is another cluster, or the lease of this run is gone. Nothing is written there: clusters need an --initial-cluster-token each.`;
  return new TopologyError({ code: 'invalid', message });
}
