/**
 * Locks as Vitess's etcd2 topology takes them (go/vt/topo/etcd2topo/lock.go): a
 * key under `<locked path>/locks/`, named after its lease; whoever's key is the oldest holds the lock.
 */
import type { IKeyValue, ITxnRequest } from 'etcd3';
import type { Lock } from '../model/lock.ts';
import { parseLockContents } from '../records/lockContents.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import type { EtcdLease } from './etcdLease.ts';
import { prefixRange } from './etcdRange.ts';
import { keyPrefix } from './keys.ts';
import { lockTimeout } from './writeErrors.ts';
import { pause, withLimit } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { HeldLock, LockOptions } from './topologyWriter.ts';

/** A held lock with what proves that it still is. */
export interface EtcdLock extends HeldLock {
  readonly key: Buffer;
  readonly createRevision: string;
}

/** What the locks of one run share. */
export interface LockPlace {
  readonly connection: EtcdConnection;
  /** The global root. */
  readonly root: string;
  readonly lease: EtcdLease;
}

const POLL_MS = 250;
const RETRY_MS = 200;
const FORGET_MS = 5000;

/** Takes a lock and waits its turn; rejects with a TopologyError when it does not get it, and its key is gone then. */
export async function takeLock(
  place: LockPlace,
  lockedPath: string,
  contents: Uint8Array,
  options: LockOptions,
): Promise<EtcdLock> {
  const path = `${lockedPath}/locks/${place.lease.id}`;
  const key = Buffer.from(keyPrefix(place.root) + path);
  try {
    const createRevision = await enter(place, key, contents, options.signal);
    const lock: EtcdLock = { lockedPath, record: { path }, key, createRevision };
    await waitForTurn(place, lock, options);
    return lock;
  } catch (error) {
    await forget(place, key);
    throw error;
  }
}

/** Writes the key; gives the revision that did. */
async function enter(place: LockPlace, key: Buffer, value: Uint8Array, signal: AbortSignal): Promise<string> {
  const { connection, lease } = place;
  const request: ITxnRequest = {
    compare: [{ key, target: 'Create', create_revision: '0', result: 'Equal' }],
    success: [{ request_put: { key, value: Buffer.from(value), lease: lease.id } }],
    failure: [{ request_range: { key } }],
  };
  for (;;) {
    const sent = await connection.transact(request, signal);
    if ('unsent' in sent) throw sent.unsent;
    if ('refused' in sent) throw sent.refused;
    if ('answer' in sent) {
      const { succeeded, header, responses } = sent.answer;
      // The key is named after this run's own lease: when it is there already, an attempt without an answer wrote it.
      const revision = succeeded ? header.revision : responses[0]?.response_range.kvs[0]?.create_revision;
      if (revision !== undefined) return revision;
    }
    await pause(RETRY_MS, signal);
  }
}

async function waitForTurn(place: LockPlace, lock: EtcdLock, options: LockOptions): Promise<void> {
  const { lockedPath } = lock;
  const deadline = performance.now() + options.waitMs;
  let seen = '';
  let older: readonly IKeyValue[] = [];
  let failure: TopologyError | undefined;
  for (;;) {
    try {
      older = await olderKeys(place, lock, options.signal);
      failure = undefined;
    } catch (error) {
      if (!(error instanceof TopologyError) || error.code !== 'unreachable') throw error;
      failure = error;
    }
    if (failure === undefined && older.length === 0) return;
    if (performance.now() >= deadline)
      throw failure ?? lockTimeout(lockedPath, older.map(contentsOf)[0], options.waitMs);
    const now = older.map(({ key }) => key.toString()).join();
    if (now !== seen) options.onWait(older.map((kv) => ({ lockedPath, contents: contentsOf(kv) })));
    seen = now;
    await pause(Math.min(POLL_MS, Math.max(deadline - performance.now(), 0)), options.signal);
  }
}

/** The keys that go before the lock's own, oldest first; throws when its own is gone. */
async function olderKeys(place: LockPlace, lock: EtcdLock, signal: AbortSignal): Promise<IKeyValue[]> {
  const { connection, root, lease } = place;
  const range = prefixRange(`${keyPrefix(root)}${lock.lockedPath}/locks/`);
  const { kvs } = await connection.repeatable(signal, ({ kv }) => kv.range(range));
  const own = kvs.find(({ key }) => key.equals(lock.key));
  if (own?.create_revision !== lock.createRevision) {
    lease.lose(`the key of its lock on ${lock.lockedPath} is gone.`);
    throw lease.lost.reason as Error;
  }
  const revision = (kv: IKeyValue): bigint => BigInt(kv.mod_revision);
  const older = kvs.filter((kv) => revision(kv) < revision(own));
  return older.sort((a, b) => (revision(a) < revision(b) ? -1 : 1));
}

// What cannot be deleted now goes with the lease.
async function forget({ connection }: LockPlace, key: Buffer): Promise<void> {
  const late = (): TopologyError =>
    new TopologyError({ code: 'timeout', message: 'Deleting a lock’s key took too long.' });
  const remove = (signal: AbortSignal): Promise<unknown> =>
    connection.repeatable(signal, ({ kv }) => kv.deleteRange({ key }));
  await withLimit(new AbortController().signal, FORGET_MS, late, remove).catch(() => undefined);
}

function contentsOf({ value }: IKeyValue): Lock['contents'] {
  return parseLockContents(value);
}
