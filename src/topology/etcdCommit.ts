import type { IKeyValue, IRangeRequest, ITxnResponse } from 'etcd3';
import type { EtcdConnection } from './etcdConnection.ts';
import { changesIn, transactionOf } from './etcdTransaction.ts';
import type { Condition, KeyWrite } from './etcdTransaction.ts';
import { pause } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { CommitResult } from './topologyWriter.ts';

type Proof = { readonly committed: string } | 'not-committed' | 'unknown';

const RETRY_MS = 200;
// A record is hardly written more often than this while one answer is waited for.
const MOST_VERSIONS = 32;

/**
 * Commits once. A lost answer is learnt by sending the same transaction again:
 * its compares let only one attempt through, and an attempt that finds one
 * broken shows that no earlier one can come through any more. (Only absence
 * and prefixes can hold again, by another's deletion; revoking the lease then
 * stops what is still on its way.)
 */
export async function commitOnce(
  connection: EtcdConnection,
  conditions: readonly Condition[],
  writes: readonly KeyWrite[],
  signal: AbortSignal,
): Promise<CommitResult> {
  const request = transactionOf(conditions, writes);
  let lost: TopologyError | undefined;
  for (;;) {
    const sent = await connection.transact(request, signal);
    if ('answer' in sent) {
      const { succeeded, header } = sent.answer;
      if (succeeded) return { status: 'committed', revision: header.revision };
      const conflict: CommitResult = { status: 'conflict', ...changesIn(conditions, sent.answer) };
      return lost === undefined ? conflict : settle(connection, writes, conflict, lost, signal);
    }
    if ('refused' in sent) {
      // etcd may carry out the very write with which it finds its quota used up.
      if (lost === undefined && sent.refused.code !== 'no-space') throw sent.refused;
      const proof = await prove(connection, writes, signal).catch(() => 'unknown' as const);
      if (typeof proof === 'object') return { status: 'committed', revision: proof.committed };
      if (proof === 'not-committed' && lost === undefined) throw sent.refused;
      throw unknownOutcome(connection, lost ?? sent.refused);
    }
    if ('lost' in sent) ({ lost } = sent);
    else if (lost === undefined) throw sent.unsent;
    const unanswered = lost;
    await pause(RETRY_MS, signal).catch(() => {
      throw unknownOutcome(connection, unanswered);
    });
  }
}

async function settle(
  connection: EtcdConnection,
  writes: readonly KeyWrite[],
  conflict: CommitResult,
  lost: TopologyError,
  signal: AbortSignal,
): Promise<CommitResult> {
  const proof = await prove(connection, writes, signal).catch(() => 'unknown' as const);
  if (proof === 'not-committed') return conflict;
  if (proof === 'unknown') throw unknownOutcome(connection, lost);
  return { status: 'committed', revision: proof.committed };
}

/** Whether the writes are in etcd's history, as the first ones after what they were compared with. */
async function prove(connection: EtcdConnection, writes: readonly KeyWrite[], signal: AbortSignal): Promise<Proof> {
  const now = await readAll(connection, writes, undefined, signal);
  const found = now.responses.map(({ response_range: { kvs } }) => kvs[0]);
  const put = writes.findIndex(({ value }) => value !== undefined);
  const revision = put < 0 ? now.header.revision : found[put]?.mod_revision;
  if (revision !== undefined && areThere(writes, found, revision)) return { committed: revision };
  for (const [index, write] of writes.entries()) {
    const first = await firstWrite(connection, write, found[index], signal);
    if (first === 'none') return 'not-committed';
    if (first === 'unknown') continue;
    if (!isThere(write, first, first.mod_revision)) return 'not-committed';
    const then = await readAll(connection, writes, first.mod_revision, signal);
    const whole = areThere(
      writes,
      then.responses.map(({ response_range: { kvs } }) => kvs[0]),
      first.mod_revision,
    );
    return whole ? { committed: first.mod_revision } : 'not-committed';
  }
  return 'unknown';
}

/** The record's first version after the one that the write was compared with, by walking back from the present one. */
async function firstWrite(
  connection: EtcdConnection,
  { key, modRevision }: KeyWrite,
  now: IKeyValue | undefined,
  signal: AbortSignal,
): Promise<IKeyValue | 'none' | 'unknown'> {
  if ((now?.mod_revision ?? '0') === modRevision) return 'none';
  let version = now;
  for (let step = 0; version !== undefined && step < MOST_VERSIONS; step++) {
    const revision = (BigInt(version.mod_revision) - 1n).toString();
    const { kvs } = await connection.repeatable(signal, ({ kv }) => kv.range({ key, revision }));
    if ((kvs[0]?.mod_revision ?? '0') === modRevision) return version;
    version = kvs[0];
  }
  return 'unknown';
}

function readAll(
  connection: EtcdConnection,
  writes: readonly KeyWrite[],
  revision: string | undefined,
  signal: AbortSignal,
): Promise<ITxnResponse> {
  const ranges = writes.map(({ key }): IRangeRequest => ({ key, ...(revision !== undefined && { revision }) }));
  const success = ranges.map((range) => ({ request_range: range }));
  return connection.repeatable(signal, ({ kv }) => kv.txn({ success }));
}

function areThere(writes: readonly KeyWrite[], found: readonly (IKeyValue | undefined)[], revision: string): boolean {
  return writes.every((write, index) => isThere(write, found[index], revision));
}

function isThere({ value, modRevision }: KeyWrite, found: IKeyValue | undefined, revision: string): boolean {
  if (value === undefined || found === undefined) return value === found;
  return found.mod_revision === revision && revision !== modRevision && found.value.equals(value);
}

function unknownOutcome(connection: EtcdConnection, { message }: TopologyError): TopologyError {
  return new TopologyError({
    code: 'unknown-outcome',
    message: `The answer of etcd at ${connection.name} to a write was lost, and whether it was written could not be learnt: ${message} Read again to see what stands.`,
  });
}
