import type { Lock, LockContents } from '../model/lock.ts';
import type { LockToRelease } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { parseLockContents, readLock, writeLockContents } from '../records/lockContents.ts';
import { keyPrefix, normalizeRoot } from './keys.ts';
import { MemoryStore } from './memoryStore.ts';
import { MemoryTopology } from './memoryTopology.ts';
import type { MemoryKeys } from './memoryTopology.ts';
import { watchMemory } from './memoryWatch.ts';
import { pause, underCaller } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { ReadOptions, WatchOptions } from './topology.ts';
import type {
  CallOptions,
  CommitResult,
  HeldLock,
  LockOptions,
  TopologyWriter,
  WritableTopology,
  WriteGuard,
  WriteTransaction,
} from './topologyWriter.ts';
import { cellNotRead, lockChanged, lockTimeout, writerClosed } from './writeErrors.ts';

/** What a writable topology in memory starts from. */
export interface WritableMemoryOptions extends Pick<MemoryKeys, 'keys' | 'root' | 'failedCells'> {
  /** Cells that count as being on another cluster, with its name. */
  readonly cellClusters?: ReadonlyMap<string, string>;
}

const POLL_MS = 2;

/** A topology in memory that is written as etcd is. `store` is what others read and write. */
export class WritableMemoryTopology implements WritableTopology {
  readonly description: string;
  readonly store: MemoryStore;
  private readonly topology: MemoryTopology;
  private readonly cellClusters: ReadonlyMap<string, string>;
  private cellRoots: ReadonlyMap<string, string> = new Map();
  private readonly closed = new AbortController();

  constructor({ keys, root, failedCells, cellClusters }: WritableMemoryOptions) {
    this.store = new MemoryStore(normalizeRoot(root), keys);
    const { store } = this;
    this.topology = MemoryTopology.ofKeys({
      keys: store.keys,
      root: store.root,
      leases: store.leases,
      revisions: store.revisions,
      get revision() {
        return store.revision;
      },
      ...(failedCells && { failedCells }),
    });
    this.description = this.topology.description;
    this.cellClusters = cellClusters ?? new Map();
  }

  async read(options?: ReadOptions): Promise<TopologyData> {
    const data = await this.topology.read(options);
    const loaded = data.cells.flatMap((cell) => (cell.status === 'loaded' ? [[cell.cell, cell.root] as const] : []));
    this.cellRoots = new Map(loaded);
    return data;
  }

  openWriter(who: Pick<LockContents, 'hostName' | 'userName'>, options: CallOptions): Promise<MemoryWriter> {
    return underCaller([options.signal], `Writing to ${this.description}`, () => {
      return Promise.resolve(
        new MemoryWriter(
          this.store,
          who,
          () => this.cellRoots,
          (cell) => this.cellClusters.get(cell),
        ),
      );
    });
  }

  watch(from: TopologyData, listener: (update: TopologyUpdate) => void, options: WatchOptions): Promise<void> {
    const signal = AbortSignal.any([options.signal, this.closed.signal]);
    return watchMemory(this.store, () => this.read(), from, listener, signal);
  }

  close(): Promise<void> {
    this.closed.abort();
    return this.topology.close();
  }
}

class MemoryWriter implements TopologyWriter {
  readonly limits = { operations: 128, bytes: 1024 * 1024 };
  readonly lost: AbortSignal;
  private readonly store: MemoryStore;
  private readonly who: Pick<LockContents, 'hostName' | 'userName'>;
  private readonly cellRoots: () => ReadonlyMap<string, string>;
  private readonly clusterOfCell: (cell: string) => string | undefined;
  private readonly leaseId: string;
  private readonly locks = new Map<string, HeldLock & { readonly modRevision: string }>();
  private readonly losing = new AbortController();
  private readonly ended = new AbortController();

  constructor(
    store: MemoryStore,
    who: Pick<LockContents, 'hostName' | 'userName'>,
    cellRoots: () => ReadonlyMap<string, string>,
    clusterOfCell: (cell: string) => string | undefined,
  ) {
    this.store = store;
    this.who = who;
    this.cellRoots = cellRoots;
    this.clusterOfCell = clusterOfCell;
    this.lost = this.losing.signal;
    this.leaseId = store.grant(() => {
      if (!this.ended.signal.aborted) this.lose();
    });
  }

  clusterOf(record: RecordId): string {
    this.keyOf(record);
    return (record.cell === undefined ? undefined : this.clusterOfCell(record.cell)) ?? 'global';
  }

  lock(lockedPath: string, { action }: Pick<LockContents, 'action'>, options: LockOptions): Promise<HeldLock> {
    const lock: HeldLock = { lockedPath, record: { path: `${lockedPath}/locks/${this.leaseId}` } };
    const key = this.keyOf(lock.record);
    return this.call(`Waiting for the lock on ${lockedPath}`, options.signal, async (signal) => {
      this.lost.throwIfAborted();
      if (this.locks.has(lockedPath)) throw new Error(`the lock on ${lockedPath} is already held`);
      this.store.put(key, writeLockContents({ ...this.who, action, time: Date.now() }), this.leaseId);
      try {
        await this.waitForTurn(lockedPath, key, { ...options, signal });
      } catch (error) {
        this.store.delete(key);
        throw error;
      }
      this.locks.set(lockedPath, { ...lock, modRevision: this.store.revisionOf(key) });
      return lock;
    });
  }

  commit({ writes, guards }: WriteTransaction, { signal }: CallOptions): Promise<CommitResult> {
    return this.call('Writing', signal, () => {
      if (writes.length === 0) throw new Error('a transaction without writes');
      if (new Set(writes.map(({ record }) => this.clusterOf(record))).size > 1) {
        throw new Error('a transaction over two clusters');
      }
      const conflict = this.conflictOf(writes, guards);
      if (conflict?.status === 'conflict' && conflict.lostLocks.length > 0) this.lose();
      if (conflict !== undefined) return Promise.resolve(conflict);
      this.store.write(new Map(writes.map(({ record, value }) => [this.keyOf(record), value])));
      return Promise.resolve({ status: 'committed', revision: this.store.revision });
    });
  }

  releaseAbandoned(
    lock: LockToRelease,
    stillAbandoned: (now: Lock) => boolean,
    { signal }: CallOptions,
  ): Promise<boolean> {
    return this.call(`Releasing the lock on ${lock.lockedPath}`, signal, () => {
      const { store } = this;
      const key = this.keyOf(lock.record);
      const value = store.keys.get(key);
      if (value === undefined) return Promise.resolve(false);
      const lease = store.leases.get(key) ?? { kind: 'unknown' };
      const leaseId = lease.kind === 'held' ? lease.id : undefined;
      const modRevision = store.revisionOf(key);
      if (modRevision !== lock.modRevision || leaseId !== lock.leaseId) {
        throw lockChanged(lock, 'its key was written since');
      }
      const now = readLock({ path: lock.record.path, value, modRevision, lease }, lock.lockedPath);
      if (!stillAbandoned(now)) throw lockChanged(lock, 'its holder shows life');
      if (leaseId === undefined) store.delete(key);
      else store.revoke(leaseId);
      return Promise.resolve(true);
    });
  }

  close(): Promise<boolean> {
    this.ended.abort(writerClosed());
    this.store.revoke(this.leaseId);
    return Promise.resolve(true);
  }

  private lose(): void {
    this.losing.abort(changed('The lease of this run’s locks is lost.'));
  }

  private async waitForTurn(lockedPath: string, key: string, options: LockOptions): Promise<void> {
    const deadline = performance.now() + options.waitMs;
    let seen = '';
    for (;;) {
      const keys = this.store.under(this.store.globalKey(`${lockedPath}/locks/`));
      const position = keys.indexOf(key);
      if (position < 0) {
        this.lose();
        throw changed(`The key of the lock on ${lockedPath} is gone.`);
      }
      const older = keys.slice(0, position);
      if (older.length === 0) return;
      const holders = older.map((holder) => ({ lockedPath, contents: parseLockContents(this.valueOf(holder)) }));
      if (performance.now() >= deadline) throw lockTimeout(lockedPath, holders[0]?.contents, options.waitMs);
      if (older.join() !== seen) options.onWait(holders);
      seen = older.join();
      await pause(POLL_MS, options.signal);
    }
  }

  private conflictOf(writes: WriteTransaction['writes'], guards: readonly WriteGuard[]): CommitResult | undefined {
    const own = writes.map(({ record, modRevision }): WriteGuard => ({ kind: 'record', record, modRevision }));
    const broken = [...own, ...guards].filter((guard) => !this.holds(guard));
    const lost = [...this.locks.values()].filter(
      ({ record, modRevision }) => this.store.revisionOf(this.keyOf(record)) !== modRevision,
    );
    if (broken.length === 0 && lost.length === 0) return undefined;
    return {
      status: 'conflict',
      changed: broken.map((guard) => (guard.kind === 'prefix' ? guard.prefix : recordName(guard.record))),
      lostLocks: lost.map(({ lockedPath }) => lockedPath),
    };
  }

  private holds(guard: WriteGuard): boolean {
    const { store } = this;
    if (guard.kind === 'record') return store.revisionOf(this.keyOf(guard.record)) === guard.modRevision;
    const newest = store.under(store.globalKey(guard.prefix)).at(-1);
    return newest === undefined || BigInt(store.revisionOf(newest)) <= BigInt(guard.notAfter);
  }

  private keyOf(record: RecordId): string {
    if (record.cell === undefined) return this.store.globalKey(record.path);
    const root = this.cellRoots().get(record.cell);
    if (root !== undefined) return keyPrefix(root) + record.path;
    throw cellNotRead(record.cell, record);
  }

  private valueOf(key: string): Uint8Array {
    return this.store.keys.get(key) ?? new Uint8Array();
  }

  private call<T>(subject: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return underCaller([signal, this.ended.signal], subject, work);
  }
}

function changed(message: string): TopologyError {
  return new TopologyError({ code: 'changed', message: `${message} Start again.` });
}
