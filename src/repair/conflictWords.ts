/** What a conflict of a transaction means. */
import { lockHolder, lockTarget } from '../model/lock.ts';
import { listWords } from '../model/words.ts';
import type { CommitResult } from '../topology/topologyWriter.ts';
import type { ReadTopology } from './runContext.ts';

type Conflict = Extract<CommitResult, { status: 'conflict' }>;

/** Says what others changed; `now` tells what is behind a changed prefix, undefined when it could not be read. */
export function conflictWords({ changed, lostLocks }: Conflict, now: ReadTopology | undefined, known: string): string {
  if (lostLocks.length > 0) return `${lostWords(lostLocks)} Nothing more was written.`;
  const named = changed.map((one) => (one.endsWith('/') ? prefixWords(one, now, known) : one));
  return `Someone else changed ${listWords(named, 12)} in the meantime, so this was not written.`;
}

/** Says that locks went while they were needed. */
export function lostWords(paths: readonly string[]): string {
  const locks = paths.length === 0 ? 'The locks' : `The lock on ${listWords(paths)}`;
  return `${locks} was lost, so others may be changing the same records.`;
}

/** Keys written under a keyspace's shards: its Shard records, or the locks that e.g. PlannedReparentShard takes. */
function prefixWords(prefix: string, now: ReadTopology | undefined, known: string): string {
  const later = (now?.data.global ?? []).filter(
    ({ path, modRevision }) =>
      path.startsWith(prefix) && modRevision !== undefined && BigInt(modRevision) > BigInt(known),
  );
  if (later.length === 0) return `something under ${prefix} (a Shard record, or the lock of a shard)`;
  const locks = new Map(now?.diagnosed.snapshot.locks.map((lock) => [lock.record.path, lock]));
  return listWords(
    later.map(({ path }) => {
      const lock = locks.get(path);
      if (lock === undefined) return path;
      const target = lockTarget(lock.lockedPath);
      const what = target.kind === 'shard' ? `the shard ${target.keyspace}/${target.shard}` : lock.lockedPath;
      return `the lock on ${what}, which is held by ${lockHolder(lock.contents)}`;
    }),
  );
}
