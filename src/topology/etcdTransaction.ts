/** Transactions that compare all that they rest on, and what their failure says. */
import type { ICompare, IRequestOp, ITxnRequest, ITxnResponse } from 'etcd3';
import { recordName } from '../model/record.ts';
import type { RecordId } from '../model/record.ts';
import type { EtcdLock } from './etcdLocks.ts';
import { prefixRange } from './etcdRange.ts';
import type { RecordWrite } from './topologyWriter.ts';

/** A write with its whole key. */
export interface KeyWrite extends RecordWrite {
  readonly key: Buffer;
}

/** One compare, how to see in the failure branch whether it was that, and what to say then. */
export interface Condition {
  readonly compare: ICompare;
  readonly range: NonNullable<IRequestOp['request_range']>;
  readonly failed: (found: { readonly mod_revision: string; readonly create_revision: string } | undefined) => boolean;
  readonly says: { readonly changed: string } | { readonly lostLock: string };
}

/** What a transaction found changed. */
export interface Changes {
  readonly changed: readonly string[];
  readonly lostLocks: readonly string[];
}

/** The record's last write must be this one. */
export function recordCondition(record: RecordId, key: Buffer, modRevision: string): Condition {
  return {
    compare: { key, target: 'Mod', mod_revision: modRevision, result: 'Equal' },
    range: { key, keys_only: true },
    failed: (found) => (found?.mod_revision ?? '0') !== modRevision,
    says: { changed: recordName(record) },
  };
}

/** No key that begins with `keys` may have been written after this revision; `prefix` names them. */
export function prefixCondition(prefix: string, keys: string, notAfter: string): Condition {
  const after = (BigInt(notAfter) + 1n).toString();
  const range = prefixRange(keys);
  return {
    // Over no key at all etcd compares 0.
    compare: { ...range, target: 'Mod', mod_revision: after, result: 'Less' },
    range: { ...range, min_mod_revision: after, limit: 1, keys_only: true },
    failed: (found) => found !== undefined,
    says: { changed: prefix },
  };
}

/** The lock's key must be the one that was written when the lock was taken. */
export function lockCondition({ lockedPath, key, createRevision }: EtcdLock): Condition {
  return {
    compare: { key, target: 'Create', create_revision: createRevision, result: 'Equal' },
    range: { key, keys_only: true },
    failed: (found) => found?.create_revision !== createRevision,
    says: { lostLock: lockedPath },
  };
}

/** A transaction that writes under these conditions; when one does not hold, it reads what each is about. */
export function transactionOf(conditions: readonly Condition[], writes: readonly KeyWrite[]): ITxnRequest {
  return {
    compare: conditions.map(({ compare }) => compare),
    success: writes.map(({ key, value }) =>
      value === undefined ? { request_delete_range: { key } } : { request_put: { key, value: Buffer.from(value) } },
    ),
    failure: conditions.map(({ range }) => ({ request_range: range })),
  };
}

/** Which of its conditions a transaction that did not succeed found broken. */
export function changesIn(conditions: readonly Condition[], { responses }: ITxnResponse): Changes {
  const broken = conditions.filter(({ failed }, index) => failed(responses[index]?.response_range.kvs[0]));
  return {
    changed: broken.flatMap(({ says }) => ('changed' in says ? [says.changed] : [])),
    lostLocks: broken.flatMap(({ says }) => ('lostLock' in says ? [says.lostLock] : [])),
  };
}
