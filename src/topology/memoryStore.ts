import { keyPrefix } from './keys.ts';
import type { LeaseEvidence } from '../model/topologyData.ts';
import type { MemoryKeys } from './memoryTopology.ts';

const TTL_SECONDS = 60;

/** What was written together: the new values by key, undefined for a key that was deleted. */
export interface MemoryWrite {
  readonly revision: string;
  readonly changes: ReadonlyMap<string, Uint8Array | undefined>;
}

/** Keys with revisions and leases, as etcd has them, for a topology in memory that is written. */
export class MemoryStore implements MemoryKeys {
  readonly root: string;
  readonly keys = new Map<string, Uint8Array>();
  readonly revisions = new Map<string, string>();
  /** Of every key that a lease or none is known of: each that was written with `put`. */
  readonly leases = new Map<string, LeaseEvidence>();
  private readonly onGone = new Map<string, () => void>();
  private readonly followers = new Set<(write: MemoryWrite) => void>();
  private lastRevision = 1n;
  private lastLease = 7_000_000_000_000_000_000n;

  constructor(root: string, keys: ReadonlyMap<string, Uint8Array>) {
    this.root = root;
    for (const [key, value] of keys) this.put(key, value);
  }

  get revision(): string {
    return this.lastRevision.toString();
  }

  /** Writes one key at the next revision. */
  put(key: string, value: Uint8Array, leaseId?: string): void {
    this.write(new Map([[key, value]]), leaseId);
  }

  /** Deletes one key at the next revision. */
  delete(key: string): void {
    this.write(new Map([[key, undefined]]));
  }

  /** Writes and deletes keys together. */
  write(changes: ReadonlyMap<string, Uint8Array | undefined>, leaseId?: string): void {
    this.lastRevision++;
    for (const [key, value] of changes) {
      if (value === undefined) {
        for (const map of [this.keys, this.revisions, this.leases]) map.delete(key);
        continue;
      }
      this.keys.set(key, value);
      this.revisions.set(key, this.revision);
      this.leases.set(key, leaseOf(leaseId));
    }
    for (const follower of this.followers) follower({ revision: this.revision, changes });
  }

  /** Calls `follower` after every write; gives what ends that. */
  onWrite(follower: (write: MemoryWrite) => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** The revision of the key's last write, `0` when it is absent. */
  revisionOf(key: string): string {
    return this.revisions.get(key) ?? '0';
  }

  /** The keys with this beginning, oldest write first. */
  under(prefix: string): string[] {
    const keys = [...this.keys.keys()].filter((key) => key.startsWith(prefix));
    return keys.sort((a, b) => Number(BigInt(this.revisionOf(a)) - BigInt(this.revisionOf(b))));
  }

  /** Gives a new lease; `onGone` is called when it is revoked. */
  grant(onGone: () => void = () => undefined): string {
    const id = (++this.lastLease).toString();
    this.onGone.set(id, onGone);
    return id;
  }

  /** Revokes a lease and deletes its keys; false when there is no such lease. */
  revoke(leaseId: string): boolean {
    const gone = this.onGone.get(leaseId);
    if (gone === undefined) return false;
    this.onGone.delete(leaseId);
    const held = [...this.leases].filter(([, lease]) => lease.kind === 'held' && lease.id === leaseId);
    if (held.length > 0) this.write(new Map(held.map(([key]) => [key, undefined])));
    gone();
    return true;
  }

  /** The whole key of a path under the global root. */
  globalKey(path: string): string {
    return keyPrefix(this.root) + path;
  }
}

function leaseOf(id: string | undefined): LeaseEvidence {
  return id === undefined
    ? { kind: 'none' }
    : { kind: 'held', id, ttlSeconds: TTL_SECONDS, grantedTtlSeconds: TTL_SECONDS };
}
