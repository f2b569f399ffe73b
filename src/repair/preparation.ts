/** What a run does before it writes: abandoned locks go, its own are taken, and the plan is made again under them. */
import { judgeLock } from '../diagnose/lockEvidence.ts';
import { keyspacesOf } from '../diagnose/rules/locks.ts';
import { lockHolder, lockTarget, type Lock } from '../model/lock.ts';
import type { LockToRelease, Plan, PlanStep } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { planDifferences } from './planDifferences.ts';
import type { ReadTopology, RunContext } from './runContext.ts';
import type { StepEnd } from './steps.ts';
import { writtenSince } from './signsOfLife.ts';
import { within } from './timeLimits.ts';
import { recordOf } from './topologyRecords.ts';

/** Releases the locks of a step, each judged again right before; rejects when one shows life. */
export async function releaseLocks(
  context: RunContext,
  { locks }: Extract<PlanStep, { kind: 'release-locks' }>,
): Promise<StepEnd> {
  const { clock, limits, signal: cancel } = context.options;
  const words: string[] = [];
  for (const lock of locks) {
    const read = await context.read(cancel);
    context.before ??= read;
    if (recordOf(read.data, lock.record) !== undefined) refuseWhereAtWork(context, lock.lockedPath, read);
    const limit = { clock, ms: limits.callMs, what: `Releasing the lock on ${lock.lockedPath}` };
    let attempts = 0;
    const released = await context.persistently(cancel, () => {
      attempts += 1;
      return within(limit, (signal) =>
        context.writer.releaseAbandoned(lock, (now) => isAbandoned(now, read, clock.now()), { signal }),
      );
    });
    if (released) context.released = [...context.released, lock.lockedPath];
    words.push(releasedWords(lock, { released, attempts }));
  }
  return { status: 'done', message: words.join(' ') };
}

function releasedWords(
  { holder, lockedPath }: LockToRelease,
  { released, attempts }: { readonly released: boolean; readonly attempts: number },
): string {
  if (released) return `The lock of ${holder} on ${lockedPath} was released.`;
  // The answer to an earlier attempt may have been lost.
  return attempts > 1 ? `The lock on ${lockedPath} is gone.` : `The lock on ${lockedPath} was already gone.`;
}

/** What was written since the plan was made may be the holder's work, whatever its lock looks like. */
function refuseWhereAtWork({ options }: RunContext, lockedPath: string, { data, diagnosed }: ReadTopology): void {
  const keyspaces = keyspacesOf(lockTarget(lockedPath), diagnosed.moves);
  const written = writtenSince(data, keyspaces, options.plan.revision ?? '0');
  if (written.length === 0) return;
  const holder = `the holder of the lock on ${lockedPath} may be at work`;
  throw new Error(`Changed since the preview: ${listWords(written, 12)}, so ${holder}; diagnose again.`);
}

/** A lock is judged as it is now, among the other locks. */
function isAbandoned(lock: Lock, { diagnosed: { snapshot, moves } }: ReadTopology, now: number): boolean {
  const others = snapshot.locks.filter(({ record }) => recordName(record) !== recordName(lock.record));
  const keyspaces = keyspacesOf(lockTarget(lock.lockedPath), moves);
  return judgeLock(lock, { locks: [...others, lock], now, keyspaces }).alive === 'abandoned';
}

/** Takes the plan's locks in its order and gives their records; rejects when one cannot be had in time. */
export async function takeLocks(context: RunContext): Promise<RecordId[]> {
  const { clock, limits, plan, signal: cancel, kind } = context.options;
  const held: RecordId[] = [];
  for (const path of plan.locks) {
    context.log.say(`Taking the lock on ${path}.`);
    context.locking = [...context.locking, path];
    const onWait = (holders: readonly Pick<Lock, 'lockedPath' | 'contents'>[]): void => {
      const by = listWords(holders.map(({ contents }) => lockHolder(contents)));
      context.log.say(`Waiting for the lock on ${path}, held by ${by}.`);
    };
    // The writer keeps to its own time and says who holds the lock; this limit is for one that does not answer.
    const limit = { clock, ms: limits.lockWaitMs + limits.callMs, what: `Waiting for the lock on ${path}`, cancel };
    // Not again where it was waited for in vain: only what was not reached is asked once more.
    const lock = await context.persistently(
      AbortSignal.any([cancel, context.writer.lost]),
      () =>
        within(limit, (signal) =>
          context.writer.lock(path, { action: `vitess-topo ${kind}` }, { signal, waitMs: limits.lockWaitMs, onWait }),
        ),
      ['unreachable'],
    );
    held.push(lock.record);
  }
  return held;
}

/** The plan as it is under the locks; rejects when it is not what the operator saw. */
export async function planAgain(context: RunContext, ownLocks: readonly RecordId[]): Promise<Plan> {
  const { plan: preview, replan, signal } = context.options;
  context.log.say('Reading everything again under the locks.');
  const read = await context.read(signal);
  const plan = replan(read, { ownLocks });
  const moved = planDifferences(preview, plan);
  if (plan === undefined || moved.length > 0) {
    const gone = plan === undefined ? ', and nothing is left to do' : '';
    throw new Error(`Changed since the preview: ${listWords(moved, 12)}${gone}; diagnose again.`);
  }
  context.before = read;
  context.compareWith(read);
  return plan;
}
