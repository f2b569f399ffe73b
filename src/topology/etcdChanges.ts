import type { RecordChange } from '../model/topologyChange.ts';
import type { TopologyRecord } from '../model/topologyData.ts';
import { mapLimited } from './concurrency.ts';
import { leaseNow } from './etcdLeases.ts';
import { toRecord } from './etcdRange.ts';
import type { RangeReader, StoredRecord } from './etcdRange.ts';
import type { ClusterRoot } from './etcdReading.ts';
import type { KeyWrite } from './etcdWatchStream.ts';
import { cellContents, globalContents, isContained, isLockPath, keyPrefix } from './keys.ts';

const LEASES_AT_ONCE = 8;

/** What writes changed of these roots, with the leases of locks as they are now. */
export async function recordChanges(
  writes: readonly KeyWrite[],
  roots: readonly ClusterRoot[],
  reader: RangeReader,
): Promise<RecordChange[]> {
  const changes = writes.flatMap((write) => roots.map((root) => ({ write, root, stored: storedUnder(root, write) })));
  return mapLimited(
    changes.flatMap(({ stored, ...rest }) => (stored === undefined ? [] : [{ stored, ...rest }])),
    LEASES_AT_ONCE,
    async ({ write, root: { cell }, stored }): Promise<RecordChange> => {
      const record = { ...(cell !== undefined && { cell }), path: stored.path };
      return { record, now: write.deleted ? undefined : await withLease(stored, reader) };
    },
  );
}

/** The locks under the global root that are still there, with their leases as they are now. */
export async function renewedLocks(
  records: readonly TopologyRecord[],
  root: string,
  reader: RangeReader,
): Promise<RecordChange[]> {
  const prefix = keyPrefix(root);
  const locks = records.filter(({ path }) => isLockPath(path));
  const renewed = await mapLimited(locks, LEASES_AT_ONCE, async ({ path }): Promise<RecordChange[]> => {
    const { kvs } = await reader.connection.range({ key: Buffer.from(prefix + path) }, reader.signal);
    const stored = kvs[0] && toRecord(kvs[0], Buffer.byteLength(prefix));
    return stored === undefined ? [] : [{ record: { path }, now: await withLease(stored, reader) }];
  });
  return renewed.flat();
}

async function withLease(stored: StoredRecord, reader: RangeReader): Promise<TopologyRecord> {
  const { path, value, modRevision } = stored;
  if (!isLockPath(path)) return { path, value, modRevision };
  return { path, value, modRevision, lease: await leaseNow(reader, stored) };
}

/** The record of a root that a key is, as far as snapshots hold it. */
function storedUnder({ root, cell }: ClusterRoot, { kv }: KeyWrite): StoredRecord | undefined {
  const prefix = Buffer.from(keyPrefix(root));
  if (!kv.key.subarray(0, prefix.length).equals(prefix)) return undefined;
  const stored = toRecord(kv, prefix.length);
  const contents = cell === undefined ? globalContents : cellContents;
  return stored !== undefined && isContained(contents, stored.path) ? stored : undefined;
}
