/** What a conflict of a transaction means. */
import { lockHolder, type Lock } from '../model/lock.ts';
import { listWords } from '../model/words.ts';
import type { CommitResult } from '../topology/topologyWriter.ts';
import type { ReadTopology } from './runContext.ts';

type Conflict = Extract<CommitResult, { status: 'conflict' }>;

/** Says what others did; `now` tells what is behind a changed prefix, undefined when it could not be read. */
export function conflictWords({ changed, lostLocks }: Conflict, now: ReadTopology | undefined, known: string): string {
  if (lostLocks.length > 0) return lostWords(lostLocks);
  const behind = changed.map((name) =>
    name.endsWith('/') ? writtenUnder(name, now, known) : { records: [name], locks: [] },
  );
  const records = [...new Set(behind.flatMap((one) => one.records))];
  const locks = behind
    .flatMap((one) => one.locks)
    .map((lock) => `${lock.lockedPath} was locked by ${lockHolder(lock.contents)}`);
  const changes = records.length === 0 ? [] : [`someone else changed ${listWords(records, 12)}`];
  return `In the meantime ${listWords([...changes, ...locks], 12)}, so this was not written.`;
}

/** Says that locks went while they were needed. */
export function lostWords(paths: readonly string[]): string {
  const which = paths.length === 0 ? '' : ` on ${listWords(paths)}`;
  return `The locks${which} were lost, so others may be changing the same records.`;
}

interface Writes {
  readonly records: readonly string[];
  readonly locks: readonly Lock[];
}

/** What was written under a keyspace's shards: its Shard records, or the locks that e.g. PlannedReparentShard takes. */
function writtenUnder(prefix: string, now: ReadTopology | undefined, known: string): Writes {
  const isLater = ({ modRevision }: { readonly modRevision?: string }): boolean =>
    modRevision !== undefined && BigInt(modRevision) > BigInt(known);
  const locks =
    now?.diagnosed.snapshot.locks.filter((lock) => lock.record.path.startsWith(prefix) && isLater(lock)) ?? [];
  const paths = new Set(locks.map(({ record }) => record.path));
  const records = (now?.data.global ?? [])
    .filter((record) => record.path.startsWith(prefix) && isLater(record) && !paths.has(record.path))
    .map(({ path }) => path);
  if (locks.length + records.length > 0) return { records, locks };
  return { records: [`something under ${prefix} (a Shard record, or the lock of a shard)`], locks: [] };
}
