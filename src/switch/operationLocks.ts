/** The locks under which vtctld works on a move. */
import { judgeLock } from '../diagnose/lockEvidence.ts';
import { keyspacesOf } from '../diagnose/rules/locks.ts';
import { lockTarget, type Lock } from '../model/lock.ts';
import { recordName } from '../model/record.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { keyspaceRulesLock, lockPaths } from '../repair/planLocks.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';

/** The locks of an operation on a move that somebody may still hold. */
export interface OperationLocks {
  /** Held while something is changed. */
  readonly keyspaces: readonly Lock[];
  /** The workflow's named lock, held from the beginning to the end; its lease lasts for a day when its holder dies. */
  readonly named: readonly Lock[];
}

/** Locks that were there before are not the operation's; abandoned ones are nobody's. */
export function operationLocks(
  { moves, from, to }: PrecheckSubject,
  snapshot: Snapshot,
  before: ReadonlySet<string>,
): OperationLocks {
  const paths = new Set(lockPaths(snapshot, { moves, keyspaces: [from, to], others: [keyspaceRulesLock] }));
  const held = snapshot.locks.filter((lock) => {
    if (!paths.has(lock.lockedPath) || before.has(recordName(lock.record))) return false;
    const keyspaces = keyspacesOf(lockTarget(lock.lockedPath), moves);
    return judgeLock(lock, { locks: snapshot.locks, now: snapshot.readAt, keyspaces }).alive === 'held';
  });
  const isNamed = ({ lockedPath }: Lock): boolean => lockTarget(lockedPath).kind === 'workflow';
  return { keyspaces: held.filter((lock) => !isNamed(lock)), named: held.filter(isNamed) };
}

/** The names of the lock keys that are there. */
export function lockNames({ locks }: Snapshot): Set<string> {
  return new Set(locks.map(({ record }) => recordName(record)));
}
