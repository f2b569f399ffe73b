import type { Lock } from '../model/lock.ts';
import type { LockToRelease } from '../model/plan.ts';
import { readLock } from '../records/lockContents.ts';
import { isLeaseGone } from './errors.ts';
import { withLeases } from './etcdLeases.ts';
import type { EtcdPlace } from './etcdPlaces.ts';
import { keyPrefix, plainBytes } from './keys.ts';
import { lockChanged } from './writeErrors.ts';

/** Releases a lock that its holder left, see TopologyWriter.releaseAbandoned. */
export async function releaseLock(
  { connection, root }: EtcdPlace,
  lock: LockToRelease,
  stillAbandoned: (now: Lock) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const { path } = lock.record;
  const key = Buffer.from(keyPrefix(root) + path);
  const leaseId = lock.leaseId ?? '0';
  const { kvs } = await connection.repeatable(signal, ({ kv }) => kv.range({ key }));
  const [kv] = kvs;
  if (kv === undefined) return false;
  if (kv.mod_revision !== lock.modRevision || kv.lease !== leaseId)
    throw lockChanged(lock, 'its key was written since');
  const stored = { key, path, value: plainBytes(kv.value), modRevision: kv.mod_revision, leaseId };
  const { records } = await withLeases({ connection, signal, pageSize: undefined }, [stored]);
  const [record] = records;
  if (record === undefined) return false;
  if (!stillAbandoned(readLock(record, lock.lockedPath))) throw lockChanged(lock, 'its holder shows life');
  if (lock.leaseId !== undefined) return revoke({ connection, leaseId }, signal);
  const { succeeded, responses } = await connection.repeatable(signal, (calls) =>
    calls.kv.txn({
      compare: [
        { key, target: 'Mod', mod_revision: lock.modRevision, result: 'Equal' },
        { key, target: 'Lease', lease: '0', result: 'Equal' },
      ],
      success: [{ request_delete_range: { key } }],
      failure: [{ request_range: { key, keys_only: true } }],
    }),
  );
  if (succeeded) return true;
  if (responses[0]?.response_range.kvs.length === 0) return false;
  throw lockChanged(lock, 'its key was written since');
}

// A key that was written anew since hangs on its new holder's lease and stays.
async function revoke(
  { connection, leaseId }: Pick<EtcdPlace, 'connection'> & { readonly leaseId: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await connection.repeatable(signal, ({ lease }) => lease.leaseRevoke({ ID: leaseId }));
    return true;
  } catch (error) {
    if (isLeaseGone(error)) return false;
    throw error;
  }
}
