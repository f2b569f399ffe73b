/** Carries out the steps of a plan. What goes wrong is thrown in words; what was written by then is in the context. */
import type { PlanStep } from '../model/plan.ts';
import { conflictWords } from './conflictWords.ts';
import type { ShardRefresh, ShardTablets, StepRecord } from './ports.ts';
import { refreshProblems, refreshSummary, unconfirmedShards } from './refreshWords.ts';
import { errorWords, recordWords } from './runWords.ts';
import type { RunContext } from './runContext.ts';
import { shardTablets } from './shardTablets.ts';
import type { Part } from './transactions.ts';

type Step<K extends PlanStep['kind']> = Extract<PlanStep, { kind: K }>;
/** How a step ended that did not stop the run. */
export type StepEnd = Pick<StepRecord, 'status' | 'message' | 'revision'>;

/** Commits a step's parts in order. */
export async function writeStep(context: RunContext, step: Step<'write'>, parts: readonly Part[]): Promise<StepEnd> {
  let revision: string | undefined;
  for (const [index, part] of parts.entries()) {
    const result = await context.commit(part, step.phase);
    if (result.status === 'conflict') {
      const now = result.lostLocks.length > 0 ? undefined : await context.read().catch(() => undefined);
      throw new Error(conflictWords(result, now, context.known) + writtenWords(parts.slice(0, index)));
    }
    ({ revision } = result);
  }
  const records = parts.flatMap(({ changes }) => changes.map(({ record }) => record));
  return { status: 'done', message: `Wrote ${recordWords(records)}.`, ...(revision !== undefined && { revision }) };
}

function writtenWords(parts: readonly Part[]): string {
  const records = parts.flatMap(({ changes }) => changes.map(({ record }) => record));
  return records.length === 0 ? '' : ` Written before: ${recordWords(records)}.`;
}

/** Has the step's shards refreshed; stops the run where a primary must confirm, does not, and is not forced. */
export async function refreshStep(context: RunContext, { purpose, shards }: Step<'refresh'>): Promise<StepEnd> {
  const { refresher, forcedKeyspaces } = context.options;
  if (context.before === undefined) throw new Error('tablets are refreshed after the topology was read');
  const mustConfirm = purpose === 'confirm-deny';
  context.log.say(`Refreshing tablets through ${refresher.description}.`);
  const asked = shardTablets(context.before.diagnosed.snapshot, shards);
  const answers = await refresh(context, asked, mustConfirm ? context.writer.lost : new AbortController().signal);
  const summary = [...refreshSummary(answers), ...refreshProblems(asked, answers)].join(' ');
  const unconfirmed = unconfirmedShards(asked, answers);
  if (!mustConfirm) {
    context.unconfirmed = refreshProblems(asked, answers);
    return { status: unconfirmed.length > 0 ? 'failed' : 'done', message: summary };
  }
  const stopping = unconfirmed.filter(({ keyspace }) => !forcedKeyspaces.has(keyspace));
  if (stopping.length > 0) {
    throw new Error(`Not every primary confirmed what it denies. ${stopping.map(({ words }) => words).join(' ')}`);
  }
  context.forced = unconfirmed.map(({ words }) => `Forced, gone on without a confirmation. ${words}`);
  return { status: 'done', message: context.forced.length > 0 ? `${summary} Forced.` : summary };
}

/** Refreshes shards. A refresher that fails as a whole has confirmed nothing. */
export async function refresh(
  { options: { refresher, limits }, log }: RunContext,
  shards: readonly ShardTablets[],
  signal: AbortSignal,
): Promise<readonly ShardRefresh[]> {
  try {
    return await refresher.refresh(shards, {
      signal,
      timeoutMs: limits.tabletMs,
      onProgress: (words) => log.say(words),
    });
  } catch (error) {
    const outcome = { status: 'failed', reason: errorWords(error) } as const;
    return shards.map(({ keyspace, shard, tablets }) => ({
      keyspace,
      shard,
      tablets: tablets.map(({ alias, type }) => ({ alias, type, outcome })),
      primaryConfirmed: false,
      notes: [],
    }));
  }
}
