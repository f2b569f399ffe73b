/** How a run ends, and what it says then. */
import type { Plan } from '../model/plan.ts';
import { listWords } from '../model/words.ts';
import { lostWords } from './conflictWords.ts';
import { findingsLeft, findingWords, newErrors, newlyUnread } from './findingsLeft.ts';
import type { RunStatus } from './ports.ts';
import { errorWords, nextRepair, recordWords } from './runWords.ts';
import type { ReadTopology, RunContext } from './runContext.ts';
import { notAsPlanned, standingWords } from './standing.ts';
import { undoDenies } from './undoDenies.ts';
import { unrefreshedShards, unrefreshedWords } from './unrefreshed.ts';

export interface Ending {
  readonly status: RunStatus;
  readonly sentences: readonly string[];
}

/** Brings a run that cannot go on to a consistent end, still under its locks. */
export async function settle(context: RunContext, error: unknown): Promise<Ending> {
  const why = errorWords(error);
  if (context.unknown.length > 0) {
    return {
      status: 'stopped',
      sentences: [why, `It is not known whether the write of ${recordWords(context.unknown)} happened.`],
    };
  }
  if (context.written.length === 0 || context.before === undefined) {
    const locks =
      context.released.length === 0 ? [] : [`Released were the abandoned locks on ${listWords(context.released)}.`];
    return { status: 'unchanged', sentences: [`No record was changed: ${why}`, ...locks] };
  }
  if (context.hasAllowed) return { status: 'stopped', sentences: [why, 'What was written before stands.'] };
  if (context.isLost) {
    const lost = lostWords(context.lostLocks);
    const stands = 'Without its locks the run takes nothing back: what it denied stands.';
    return { status: 'stopped', sentences: why === lost ? [why, stands] : [why, lost, stands] };
  }
  const { complete, sentences } = await undoDenies(context, context.before);
  markUndone(context);
  // A tablet that did not confirm may not have been refreshed again either: that is said once.
  const more = sentences.filter((sentence) => !why.includes(sentence));
  return { status: complete ? 'undone' : 'stopped', sentences: [`Nothing was allowed: ${why}`, ...more] };
}

function markUndone({ log, written, options }: RunContext): void {
  if (written.length > 0) return;
  for (const [index, step] of options.plan.steps.entries()) {
    if (step.kind === 'write' && step.phase === 'deny') log.mark(index, { status: 'undone' });
  }
}

/** Adds to a stopped run's words where each record stands; the locks are released by now. */
export async function explain(context: RunContext, { status, sentences }: Ending): Promise<Ending> {
  if (status !== 'stopped') return { status, sentences };
  const standing = await context.read().then(
    ({ data }) => standingWords(context.options.plan, data),
    (error: unknown) => [`What stands could not be read: ${errorWords(error)}`],
  );
  const written = [...context.written.map(({ change }) => change.record), ...context.unknown];
  const unrefreshed = unrefreshedWords(unrefreshedShards(context.log.record, written)) ?? [];
  return { status, sentences: [...sentences, ...standing, ...context.unconfirmed, nextRepair].concat(unrefreshed) };
}

/** Reads again: done means that the plan's findings are gone, or for an undo that the records are as planned. */
export async function verify(context: RunContext): Promise<Ending> {
  context.log.say('Reading again to verify.');
  let now: ReadTopology;
  try {
    now = await context.read();
  } catch (error) {
    const next = 'Next: diagnose again when the topology can be read.';
    return {
      status: 'stopped',
      sentences: [`Written, not verified: ${errorWords(error)}`, ...context.unconfirmed, next],
    };
  }
  const problems = problemsOf(context, now);
  if (problems.length > 0) return { status: 'stopped', sentences: [...problems, ...context.unconfirmed, nextRepair] };
  const { findings, steps } = context.options.plan;
  if (steps.every(({ kind }) => kind === 'refresh')) return refreshed(context);
  const gone = findings.length === 0 ? 'The records are as planned.' : `Verified: ${goneWords(findings.length)}`;
  return { status: 'done', sentences: [gone, ...context.unconfirmed] };
}

/** The end of a run that was only to have tablets read what is written already. */
function refreshed({ unconfirmed }: RunContext): Ending {
  if (unconfirmed.length > 0)
    return { status: 'unchanged', sentences: ['Not every tablet was refreshed.', ...unconfirmed] };
  return { status: 'done', sentences: ['Every tablet that was asked has read its Shard record again.'] };
}

function goneWords(amount: number): string {
  return amount === 1 ? 'the finding is gone.' : `all ${amount} findings are gone.`;
}

function problemsOf({ options: { plan }, before }: RunContext, now: ReadTopology): string[] {
  const unread = before === undefined ? [] : newlyUnread(before.diagnosed, now.diagnosed);
  return [
    ...problem('Written, not verified, because these could not be read', unread),
    ...(plan.findings.length === 0
      ? problem('Written, and changed again by someone else', notAsPlanned(plan, now.data))
      : findingProblems(plan, before, now)),
  ];
}

function findingProblems(plan: Plan, before: ReadTopology | undefined, now: ReadTopology): string[] {
  const left = findingsLeft(plan.findings, now.diagnosed.findings);
  const added = before === undefined ? [] : newErrors(plan, before.diagnosed, now.diagnosed);
  return [
    ...problem('Written, and still there', left.map(findingWords)),
    ...problem('Written, and new since the run began', added.map(findingWords)),
  ];
}

function problem(head: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${head}: ${listWords(names, 12)}.`];
}
