/**
 * Tells a dead lock from a live one. etcd knows no owner, so evidence decides
 * (Vitess's etcd2 topology renews a lease every third of its TTL).
 */
import { lockTarget, type Lock, type LockTarget } from '../model/lock.ts';
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

/** Judges one lock by the locks around it; `now` is in milliseconds since the epoch. */
export function judgeLock(lock: Lock, locks: readonly Lock[], now: number): LockJudgement {
  const { lease } = lock;
  if (lease.kind === 'none') {
    return { alive: 'abandoned', evidence: 'its key has no lease, so nobody renews it and it never expires' };
  }
  if (lease.kind === 'unknown') {
    return { alive: 'held', evidence: 'a snapshot cannot tell whether its lease is still renewed' };
  }
  const silent = lease.grantedTtlSeconds - lease.ttlSeconds;
  const left = `its lease expires in ${durationWords(lease.ttlSeconds)}`;
  if (lease.grantedTtlSeconds <= shortLeaseSeconds) {
    const renewsEvery = lease.grantedTtlSeconds / 3;
    return silent > renewsEvery + renewalGraceSeconds
      ? { alive: 'abandoned', evidence: `its lease was not renewed for ${durationWords(silent)}, and ${left}` }
      : { alive: 'held', evidence: `its lease was granted or renewed ${durationWords(silent)} ago` };
  }
  const age = ageSeconds(lock, now);
  const quiet = age === undefined ? silent : Math.min(age, silent);
  if (quiet <= longestSwitchSeconds) {
    return { alive: 'held', evidence: `it was taken ${durationWords(quiet)} ago, which a running operation can take` };
  }
  const helper = locks.find((other) => other !== lock && isLiveKeyspaceLock(other, lock));
  if (helper !== undefined) {
    return { alive: 'held', evidence: `its holder also holds the lock on ${helper.lockedPath}` };
  }
  return {
    alive: 'abandoned',
    evidence:
      `it was taken ${durationWords(quiet)} ago, a switch takes minutes, ` +
      `and its holder holds none of the keyspace locks that a running switch needs; ${left}`,
  };
}

/** Seconds since the lock was taken by its holder's clock; undefined when it does not say. */
export function ageSeconds(lock: Lock, now: number): number | undefined {
  const time = lock.contents.status === 'loaded' ? lock.contents.value.time : undefined;
  return time === undefined ? undefined : Math.max(0, (now - time) / 1000);
}

/** Whether `other` is a keyspace lock of the same holder that still has a lease. */
function isLiveKeyspaceLock(other: Lock, lock: Lock): boolean {
  const target: LockTarget = lockTarget(other.lockedPath);
  if (target.kind !== 'keyspace' || other.lease.kind === 'none') return false;
  if (other.contents.status !== 'loaded' || lock.contents.status !== 'loaded') return true;
  return other.contents.value.hostName === lock.contents.value.hostName;
}
