import { lockHolder } from '../model/lock.ts';
import type { Lock } from '../model/lock.ts';
import type { LockToRelease } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import type { RecordId } from '../model/record.ts';
import { TopologyError } from './topology.ts';

/** The TopologyError for a lock that was not released in time; `holder` is what its present holder wrote. */
export function lockTimeout(lockedPath: string, holder: Lock['contents'] | undefined, waitMs: number): TopologyError {
  const by = holder === undefined ? '' : ` by ${lockHolder(holder)}`;
  const message = `${lockedPath} is locked${by}. It was not released within ${waitMs / 1000} s. Wait for it to end, or diagnose whether the lock is abandoned.`;
  return new TopologyError({ code: 'timeout', message });
}

/** The TopologyError for a lock that is not the abandoned one any more. */
export function lockChanged({ lockedPath, holder }: LockToRelease, why: string): TopologyError {
  const message = `The lock on ${lockedPath} (${holder}) is not released: ${why}. Read again and plan anew.`;
  return new TopologyError({ code: 'changed', message });
}

/** The TopologyError for a record of a cell that the last read did not load. */
export function cellNotRead(cell: string, record: RecordId): TopologyError {
  const message = `${recordName(record)} cannot be written: the cell ${cell} was not read. Read again.`;
  return new TopologyError({ code: 'not-found', message });
}

/** The TopologyError of every call after a writer was closed. */
export function writerClosed(): TopologyError {
  return new TopologyError({ code: 'cancelled', message: 'This run’s writing is over.' });
}
