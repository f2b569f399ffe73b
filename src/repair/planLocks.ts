/** Which locks a plan takes, who holds them now, and which of them are released first. */
import { keyspacesOf } from '../diagnose/rules/locks.ts';
import { judgeLock } from '../diagnose/lockEvidence.ts';
import { lockHolder, lockTarget, type Lock } from '../model/lock.ts';
import type { Move } from '../model/move.ts';
import type { LockToRelease } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { isReverseWorkflow, partnerWorkflowName } from '../model/workflow.ts';
import type { Snapshot } from '../records/snapshot.ts';

/** What the paths of a plan's locks are told from. */
export interface LockNeeds {
  readonly moves: readonly Move[];
  readonly keyspaces: readonly string[];
  /** Other paths, e.g. the lock on KeyspaceRoutingRules. */
  readonly others?: readonly string[];
}

/** Vitess's lock on KeyspaceRoutingRules. */
export const keyspaceRulesLock = 'routing_rules';

/** The paths in the order in which Vitess's SwitchTraffic takes them: workflows by name, source keyspaces, target keyspaces. */
export function lockPaths(snapshot: Snapshot, { moves, keyspaces, others = [] }: LockNeeds): string[] {
  const named = moves.flatMap((move) => namedLocks(snapshot, move));
  return [
    ...new Set([
      ...[...new Set(named)].sort(),
      ...others,
      ...sourcesFirst(moves, keyspaces).map((keyspace) => `keyspaces/${keyspace}`),
    ]),
  ];
}

/**
 * The named locks of a move's workflows: a switch takes the forward workflow's,
 * a reverse the reverse workflow's under the source keyspace. Where no dump
 * names the workflow, a lock of it may.
 */
export function namedLocks({ locks }: Snapshot, { workflows, source, target }: Move): string[] {
  const known = workflows.map((qualified) => qualified.slice(qualified.indexOf('.') + 1));
  const locked = locks.flatMap(({ lockedPath }) => {
    const lock = lockTarget(lockedPath);
    if (lock.kind !== 'workflow') return [];
    return lock.keyspace === (isReverseWorkflow(lock.workflow) ? source : target) ? [lock.workflow] : [];
  });
  return (known.length > 0 ? known : locked).flatMap((name) =>
    [name, partnerWorkflowName(name)].map(
      (one) => `internal/named_locks/${isReverseWorkflow(one) ? source : target}/${one}`,
    ),
  );
}

/** Every move's source before its target where the moves allow it, else by name. */
function sourcesFirst(moves: readonly Move[], others: readonly string[]): string[] {
  const waiting = new Set([...moves.flatMap(({ source, target }) => [source, target]), ...others].sort());
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].find(
      (keyspace) => !moves.some(({ source, target }) => target === keyspace && waiting.has(source)),
    );
    const next = free ?? [...waiting][0] ?? '';
    waiting.delete(next);
    ordered.push(next);
  }
  return ordered;
}

/** How the locks that are there stand to a plan. */
export class LockState {
  private readonly snapshot: Snapshot;
  private readonly moves: readonly Move[];
  private readonly others: readonly Lock[];
  /** Paths that this run has locked: whoever else has a key there waits for it. */
  private readonly held: ReadonlySet<string>;

  constructor(snapshot: Snapshot, moves: readonly Move[], ownLocks: readonly RecordId[] = []) {
    const own = new Set(ownLocks.map(recordName));
    const isOwn = ({ record }: Lock): boolean => own.has(recordName(record));
    this.snapshot = snapshot;
    this.moves = moves;
    this.others = snapshot.locks.filter((lock) => !isOwn(lock));
    this.held = new Set(snapshot.locks.filter(isOwn).map(({ lockedPath }) => lockedPath));
  }

  /** Why a plan that needs these locks must wait; undefined when nobody is known to hold one. */
  refusal(paths: readonly string[]): string | undefined {
    const [lock] = this.on(paths).filter((one) => !this.isAbandoned(one) && !this.isUnknown(one));
    if (lock === undefined) return undefined;
    return `${lock.lockedPath} is locked by ${lockHolder(lock.contents)}: ${this.judge(lock).evidence}. Let that operation finish, then diagnose again.`;
  }

  /** What to know of locks that a folder cannot tell the life of. */
  warnings(paths: readonly string[]): string[] {
    return this.on(paths)
      .filter((lock) => this.isUnknown(lock))
      .map(
        (lock) =>
          `${lock.lockedPath} was locked by ${lockHolder(lock.contents)}; a snapshot cannot tell whether that operation still runs.`,
      );
  }

  /** The abandoned locks among those on these paths, and among those that are asked for. */
  toRelease(paths: readonly string[], asked: readonly RecordId[]): LockToRelease[] {
    const names = new Set(asked.map(recordName));
    return this.notWaiting()
      .filter((lock) => paths.includes(lock.lockedPath) || names.has(recordName(lock.record)))
      .filter((lock) => this.isAbandoned(lock))
      .map((lock) => ({
        record: lock.record,
        lockedPath: lock.lockedPath,
        holder: lockHolder(lock.contents),
        evidence: this.judge(lock).evidence,
        modRevision: lock.modRevision ?? '',
        leaseId: lock.lease.kind === 'held' ? lock.lease.id : undefined,
      }));
  }

  private on(paths: readonly string[]): Lock[] {
    return this.notWaiting().filter(({ lockedPath }) => paths.includes(lockedPath));
  }

  private notWaiting(): Lock[] {
    return this.others.filter(({ lockedPath }) => !this.held.has(lockedPath));
  }

  private isAbandoned(lock: Lock): boolean {
    return this.judge(lock).alive === 'abandoned';
  }

  private isUnknown({ lease }: Lock): boolean {
    return lease.kind === 'unknown' && this.snapshot.revision === undefined;
  }

  private judge(lock: Lock) {
    const keyspaces = keyspacesOf(lockTarget(lock.lockedPath), this.moves);
    return judgeLock(lock, { locks: this.others, now: this.snapshot.readAt, keyspaces });
  }
}
