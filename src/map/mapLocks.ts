/** The locks that a move's operations take, and that others hold meanwhile. */
import { lockHolder, lockTarget, type Lock } from '../model/lock.ts';
import { lockedWords } from '../model/findingTitle.ts';
import type { Move } from '../model/move.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { FindingMarks } from './findingMarks.ts';
import type { MapLock } from './moveMap.ts';

/** Vitess locks keyspace routing rules under this path (topo.RoutingRulesLock). */
const routingRulesPath = 'routing_rules';

/** The locks on a move's keyspaces, on their shards and workflows, and on the rules of a multi-tenant move. */
export function locksOfMove({ locks }: Snapshot, { source, target, kind }: Move): readonly Lock[] {
  return locks.filter(({ lockedPath }) => {
    const locked = lockTarget(lockedPath);
    if (locked.kind === 'other') return kind === 'multi-tenant' && lockedPath === routingRulesPath;
    return locked.keyspace === source || locked.keyspace === target;
  });
}

/** A lock as the map shows it. */
export function mapLock(lock: Lock, marks: FindingMarks): MapLock {
  const found = marks.of(lock.record);
  return {
    locked: lockedWords(lock.lockedPath),
    holder: lockHolder(lock.contents),
    // An info mark is a lock in use.
    isAbandoned: found.some(({ state }) => state === 'error'),
    marks: found,
    target: { record: lock.record, path: [] },
  };
}
