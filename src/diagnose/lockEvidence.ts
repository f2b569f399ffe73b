/**
 * Tells a dead lock from a live one. etcd knows no owner, so evidence decides
 * (Vitess's etcd2 topology renews a lease every third of its TTL).
 */
import { lockTarget, type Lock } from '../model/lock.ts';
import type { LeaseEvidence } from '../model/topologyData.ts';
import { durationWords } from '../model/words.ts';

/** A switch holds a workflow's lock at most this long with default limits: two lock waits, refreshes, catch-up and journals, with room to spare. */
const longestSwitchSeconds = 15 * 60;
/** Leases up to this long are renewed often enough that a missed renewal shows. */
const shortLeaseSeconds = 10 * 60;
/** How late a renewal may be before it counts as missed. */
const renewalGraceSeconds = 5;

export interface LockJudgement {
  readonly alive: 'held' | 'abandoned';
  /** The evidence, as a clause. */
  readonly evidence: string;
}

/** What a lock is judged by besides itself. */
export interface LockSurroundings {
  readonly locks: readonly Lock[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The keyspaces whose locks an operation needs that holds this lock. */
  readonly keyspaces: ReadonlySet<string>;
}

type HeldLease = LeaseEvidence & { readonly kind: 'held' };

/** Judges one lock by its lease and by what is around it. */
export function judgeLock(lock: Lock, surroundings: LockSurroundings): LockJudgement {
  const { lease } = lock;
  if (lease.kind === 'none') {
    return { alive: 'abandoned', evidence: 'its key has no lease, so nobody renews it and it never expires' };
  }
  if (lease.kind === 'unknown') {
    return { alive: 'held', evidence: 'a snapshot cannot tell whether its lease is still renewed' };
  }
  if (isShort(lease)) {
    const silent = durationWords(silentSeconds(lease));
    return missedRenewal(lease)
      ? { alive: 'abandoned', evidence: `its lease was not renewed for ${silent}, and ${expiry(lease)}` }
      : { alive: 'held', evidence: `its lease was granted or renewed ${silent} ago` };
  }
  return judgeLongLease(lock, lease, surroundings);
}

/** A 24 h lease is renewed every 8 h: too seldom to wait for, so the other evidence decides. */
function judgeLongLease(lock: Lock, lease: HeldLease, { locks, now, keyspaces }: LockSurroundings): LockJudgement {
  const age = ageSeconds(lock, now);
  const quiet = age === undefined ? silentSeconds(lease) : Math.min(age, silentSeconds(lease));
  if (quiet <= longestSwitchSeconds) {
    return {
      alive: 'held',
      evidence: `it was taken or renewed ${durationWords(quiet)} ago, and a running operation can take that long`,
    };
  }
  const helper = locks.find(
    (other) => other !== lock && isKeyspaceLock(other, keyspaces) && mayShareHolder(other, lock),
  );
  if (helper !== undefined) {
    return { alive: 'held', evidence: `its holder also holds the lock on ${helper.lockedPath}` };
  }
  return {
    alive: 'abandoned',
    evidence:
      `it was taken or renewed ${durationWords(quiet)} ago, a switch takes minutes, ` +
      `and its holder holds none of the keyspace locks that a running switch needs; ${expiry(lease)}`,
  };
}

/** Seconds since the lock was taken by its holder's clock; undefined when it does not say. */
export function ageSeconds(lock: Lock, now: number): number | undefined {
  const time = lock.contents.status === 'loaded' ? lock.contents.value.time : undefined;
  return time === undefined ? undefined : Math.max(0, (now - time) / 1000);
}

/** A keyspace lock that a switch needs and that somebody still renews, as far as can be told. */
function isKeyspaceLock({ lockedPath, lease }: Lock, keyspaces: ReadonlySet<string>): boolean {
  const target = lockTarget(lockedPath);
  if (target.kind !== 'keyspace' || !keyspaces.has(target.keyspace) || lease.kind === 'none') return false;
  return lease.kind === 'unknown' || !isShort(lease) || !missedRenewal(lease);
}

function mayShareHolder(a: Lock, b: Lock): boolean {
  if (a.contents.status !== 'loaded' || b.contents.status !== 'loaded') return true;
  return a.contents.value.hostName === b.contents.value.hostName;
}

function isShort({ grantedTtlSeconds }: HeldLease): boolean {
  return grantedTtlSeconds <= shortLeaseSeconds;
}

function missedRenewal(lease: HeldLease): boolean {
  return silentSeconds(lease) > lease.grantedTtlSeconds / 3 + renewalGraceSeconds;
}

function silentSeconds({ grantedTtlSeconds, ttlSeconds }: HeldLease): number {
  return grantedTtlSeconds - ttlSeconds;
}

function expiry({ ttlSeconds }: HeldLease): string {
  return `its lease expires in ${durationWords(ttlSeconds)}`;
}
