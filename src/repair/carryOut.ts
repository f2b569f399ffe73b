/** The steps of a run in their order, each recorded before and after. */
import type { Plan } from '../model/plan.ts';
import { lostWords } from './conflictWords.ts';
import { workSteps } from './planDifferences.ts';
import { planAgain, releaseLocks, takeLocks } from './preparation.ts';
import type { RunContext } from './runContext.ts';
import { errorWords } from './runWords.ts';
import { refreshStep, writeStep, type StepEnd } from './steps.ts';
import { cutIntoParts, guardsOf } from './transactions.ts';

/** Carries out the whole plan; rejects with what stopped it. */
export async function carryOut(context: RunContext): Promise<undefined> {
  const { plan } = context.options;
  let index = 0;
  for (const step of plan.steps) {
    if (step.kind === 'release-locks') await recorded(context, index++, () => releaseLocks(context, step));
  }
  if (index === plan.steps.length) return;
  const locks = await takeLocks(context);
  await work(context, await planAgain(context, locks), index);
}

/** The steps of the plan as it was made under the locks; `offset` is the place of the first among the run's steps. */
async function work(context: RunContext, plan: Plan, offset: number): Promise<void> {
  const guards = guardsOf(plan);
  const steps = workSteps(plan).map((step) => {
    // Cut before anything is written: what does not fit must stop the run now.
    if (step.kind !== 'write') return () => refreshStep(context, step);
    const parts = cutIntoParts(step.changes, { writer: context.writer, guards });
    return () => writeStep(context, step, parts);
  });
  for (const [at, step] of steps.entries()) await recorded(context, offset + at, step);
}

/** Runs one step, unless the run was cancelled or its record cannot be kept; both stop it only while nothing is allowed. */
async function recorded(context: RunContext, index: number, step: () => Promise<StepEnd>): Promise<void> {
  const { log, options } = context;
  if (options.signal.aborted && !context.hasAllowed) throw new Error('It was cancelled.');
  if (context.isLost && !context.hasAllowed) throw new Error(lostWords(context.lostLocks));
  await log.begin(index);
  if (log.unsaved !== undefined && context.written.length === 0) throw new Error(log.unsaved);
  let end: StepEnd;
  try {
    end = await step();
  } catch (error) {
    await log.end(index, { status: 'failed', message: errorWords(error) });
    throw error;
  }
  await log.end(index, end);
}
