import type { LeaseEvidence, TopologyRecord } from '../model/topologyData.ts';
import { mapLimited } from './concurrency.ts';
import type { RangeReader, StoredRecord } from './etcdRange.ts';
import { isLockPath } from './keys.ts';
import { withLimit } from './readScope.ts';
import { TopologyError } from './topology.ts';

const LEASES_AT_ONCE = 8;
const LEASE_TIMEOUT_MS = 2000;

/** Records as the model has them, and what could not be learnt about their leases. */
export interface RecordsWithLeases {
  readonly records: readonly TopologyRecord[];
  readonly notes: readonly string[];
}

/**
 * Adds to every lock key what etcd says of its lease now. A lock whose key went
 * away with its lease since the read is left out; any other doubt is `unknown`.
 */
export async function withLeases(reader: RangeReader, stored: readonly StoredRecord[]): Promise<RecordsWithLeases> {
  const unread = new Map<string, string[]>();
  const records = await mapLimited(stored, LEASES_AT_ONCE, async (record): Promise<TopologyRecord | undefined> => {
    const { path, value, modRevision } = record;
    if (!isLockPath(path)) return { path, value, modRevision };
    try {
      const lease = await leaseEvidence(reader, record);
      return lease && { path, value, modRevision, lease };
    } catch (error) {
      if (!(error instanceof TopologyError) || error.code === 'cancelled') throw error;
      unread.set(error.message, [...(unread.get(error.message) ?? []), path]);
      return { path, value, modRevision, lease: { kind: 'unknown' } };
    }
  });
  const notes = [...unread].map(
    ([message, paths]) => `The leases of these locks could not be read: ${paths.join(', ')}. ${message}`,
  );
  return { records: records.filter((record) => record !== undefined), notes };
}

/** What etcd says of the lease of a lock's key now; `unknown` when it is gone or cannot be learnt in time. */
export async function leaseNow(reader: RangeReader, record: StoredRecord): Promise<LeaseEvidence> {
  const late = (): TopologyError => new TopologyError({ code: 'timeout', message: 'The lease took too long.' });
  try {
    const evidence = await withLimit(reader.signal, LEASE_TIMEOUT_MS, late, (signal) =>
      leaseEvidence({ ...reader, signal }, record),
    );
    return evidence ?? { kind: 'unknown' };
  } catch (error) {
    reader.signal.throwIfAborted();
    if (!(error instanceof TopologyError)) throw error;
    return { kind: 'unknown' };
  }
}

/** The lease of a lock's key, or undefined when the key is gone. */
async function leaseEvidence(reader: RangeReader, record: StoredRecord): Promise<LeaseEvidence | undefined> {
  const { connection, signal } = reader;
  const { leaseId } = record;
  if (leaseId === '0') return { kind: 'none' };
  const { TTL: ttl, grantedTTL: grantedTtl } = await connection.leaseTimeToLive(leaseId, signal);
  if (Number(ttl) >= 0) {
    return { kind: 'held', id: leaseId, ttlSeconds: Number(ttl), grantedTtlSeconds: Number(grantedTtl) };
  }
  const { kvs } = await connection.range({ key: record.key, keys_only: true }, signal);
  return kvs.length === 0 ? undefined : { kind: 'unknown' };
}
