import type { Finding } from '../../model/finding.ts';
import { groupBy } from '../../model/groupBy.ts';
import { lockHolder, lockTarget, type Lock, type LockTarget } from '../../model/lock.ts';
import type { Move } from '../../model/move.ts';
import { qualifiedWorkflow } from '../../model/workflow.ts';
import { judgeLock, type LockJudgement } from '../lockEvidence.ts';
import type { DiagnosisInput } from '../rule.ts';

/** Every lock: who holds it or waits for it now (`held-lock`), or that its holder shows no life (`abandoned-lock`). */
export function locks({ snapshot, moves }: DiagnosisInput): Finding[] {
  const byPath = groupBy(snapshot.locks, ({ lockedPath }) => lockedPath);
  return snapshot.locks.map((lock) => {
    const target = lockTarget(lock.lockedPath);
    const keyspaces = keyspacesOf(target, moves);
    const judgement = judgeLock(lock, { locks: snapshot.locks, now: snapshot.readAt, keyspaces });
    const abandoned = judgement.alive === 'abandoned';
    const waits = (byPath.get(lock.lockedPath) ?? []).some((other) => isOlder(other, lock));
    return {
      code: abandoned ? 'abandoned-lock' : 'held-lock',
      severity: abandoned ? 'error' : 'info',
      ...targetFields(target),
      tables: [],
      places: [{ record: lock.record, path: [] }],
      related: [],
      message: `${subject(lock, target)} is ${waits ? 'waited for' : 'locked'} by ${lockHolder(lock.contents)}: ${words(judgement, lock, target)}`,
      fixable: abandoned,
    } satisfies Finding;
  });
}

/** The keyspaces that an operation with this lock works on: a switch locks both sides of its move. */
export function keyspacesOf(target: LockTarget, moves: readonly Move[]): Set<string> {
  if (target.kind === 'other') return new Set();
  const { keyspace } = target;
  const touching = moves.filter(({ source, target: to }) => source === keyspace || to === keyspace);
  return new Set([keyspace, ...touching.flatMap((move) => [move.source, move.target])]);
}

/** etcd2 locks are granted in the order of their keys' revisions. */
function isOlder({ modRevision: a }: Lock, { modRevision: b }: Lock): boolean {
  if (a === undefined || b === undefined) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

function words({ alive, evidence }: LockJudgement, { lease }: Lock, target: LockTarget): string {
  if (alive === 'held') return `${evidence}. Next: let it finish before anything is changed.`;
  const release = lease.kind === 'none' ? 'deleting its key' : 'revoking its lease';
  return `${evidence}. ${consequence(target)}Next: make sure that its holder is gone; ${release} releases it.`;
}

function targetFields(target: LockTarget): { keyspace?: string; shard?: string } {
  if (target.kind === 'other') return {};
  return target.kind === 'shard' ? { keyspace: target.keyspace, shard: target.shard } : { keyspace: target.keyspace };
}

function subject(lock: Lock, target: LockTarget): string {
  switch (target.kind) {
    case 'keyspace':
      return `The keyspace ${target.keyspace}`;
    case 'shard':
      return `The shard ${target.keyspace}/${target.shard}`;
    case 'workflow':
      return `The workflow ${qualifiedWorkflow({ keyspace: target.keyspace, name: target.workflow })}`;
    case 'other':
      return lock.lockedPath;
  }
}

function consequence(target: LockTarget): string {
  return target.kind === 'workflow'
    ? 'Every SwitchTraffic and ReverseTraffic of this workflow waits for it until its client gives up. '
    : 'Operations on it wait until it is released. ';
}
