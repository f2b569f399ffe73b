import type { Finding } from '../../model/finding.ts';
import { lockTarget, type Lock, type LockTarget } from '../../model/lock.ts';
import { qualifiedWorkflow } from '../../model/workflow.ts';
import { judgeLock } from '../lockEvidence.ts';
import type { DiagnosisInput } from '../rule.ts';

/** Every lock: who holds it now (`held-lock`), or that its holder shows no life (`abandoned-lock`). */
export function locks({ snapshot }: DiagnosisInput): Finding[] {
  return snapshot.locks.map((lock) => {
    const target = lockTarget(lock.lockedPath);
    const { alive, evidence } = judgeLock(lock, snapshot.locks, snapshot.readAt);
    const abandoned = alive === 'abandoned';
    const next = abandoned
      ? `Next: make sure that its holder is gone; revoking its lease releases it.`
      : `Next: let it finish before anything is changed.`;
    return {
      code: abandoned ? 'abandoned-lock' : 'held-lock',
      severity: abandoned ? 'error' : 'info',
      ...targetFields(target),
      tables: [],
      places: [{ record: lock.record, path: [] }],
      related: [],
      message: `${subject(lock, target)} is locked by ${holder(lock)}: ${evidence}. ${abandoned ? consequence(target) : ''}${next}`,
      fixable: abandoned,
    } satisfies Finding;
  });
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

function holder({ contents }: Lock): string {
  if (contents.status !== 'loaded') return 'a holder that its key does not name';
  const { action, hostName, userName, time } = contents.value;
  const since =
    time === undefined ? 'at an unknown time' : `since ${new Date(time).toISOString().replace('.000Z', 'Z')}`;
  return `${userName || 'unknown'}@${hostName || 'unknown'} for ${action || 'an unnamed action'}, ${since}`;
}

function consequence(target: LockTarget): string {
  return target.kind === 'workflow'
    ? 'Every SwitchTraffic and ReverseTraffic of this workflow waits for it until its client gives up. '
    : 'Operations on it wait until it is released. ';
}
