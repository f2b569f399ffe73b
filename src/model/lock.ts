/** A lock key, as Vitess's etcd2 topology writes it. */
import type { Reading } from './reading.ts';
import type { RecordId } from './record.ts';
import type { LeaseEvidence } from './topologyData.ts';

/** The JSON that a holder writes into its lock key (topo.Lock in Vitess). */
export interface LockContents {
  readonly action: string;
  readonly hostName: string;
  readonly userName: string;
  /** When the lock was asked for, by the holder's clock, in milliseconds since the epoch; undefined when unreadable. */
  readonly time: number | undefined;
}

export interface Lock {
  readonly record: RecordId;
  /** What is locked: `keyspaces/customer`, `internal/named_locks/customer/commerce2customer`, … */
  readonly lockedPath: string;
  readonly contents: Reading<LockContents>;
  readonly lease: LeaseEvidence;
  readonly modRevision?: string;
}

/** What a locked path stands for. */
export type LockTarget =
  | { readonly kind: 'keyspace'; readonly keyspace: string }
  | { readonly kind: 'shard'; readonly keyspace: string; readonly shard: string }
  /** The named lock of a workflow; `keyspace` is the workflow's target keyspace. */
  | { readonly kind: 'workflow'; readonly keyspace: string; readonly workflow: string }
  | { readonly kind: 'other' };

/** Tells what a locked path stands for. */
export function lockTarget(lockedPath: string): LockTarget {
  const [area, first, second, third, ...rest] = lockedPath.split('/');
  if (rest.length > 0 || !first) return { kind: 'other' };
  if (area === 'keyspaces' && second === undefined) return { kind: 'keyspace', keyspace: first };
  if (area === 'keyspaces' && second === 'shards' && third) return { kind: 'shard', keyspace: first, shard: third };
  if (area === 'internal' && first === 'named_locks' && second && third) {
    return { kind: 'workflow', keyspace: second, workflow: third };
  }
  return { kind: 'other' };
}

/** Who holds a lock, what for and since when, in words: `vt@vtctld-host for SwitchWrites, since 2026-11-24T02:01:58Z`. */
export function lockHolder(contents: Reading<LockContents>): string {
  if (contents.status !== 'loaded') return 'a holder that its key does not name';
  const { action, hostName, userName, time } = contents.value;
  const since =
    time === undefined ? 'at an unknown time' : `since ${new Date(time).toISOString().replace('.000Z', 'Z')}`;
  return `${userName || 'unknown'}@${hostName || 'unknown'} for ${action || 'an unnamed action'}, ${since}`;
}
