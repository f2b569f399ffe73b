/** Takes back what a run denied, when it cannot go on to what it wanted to allow. */
import type { RecordChange, ShardName } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { listWords } from '../model/words.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { lostWords } from './conflictWords.ts';
import { bothOpen } from './findingsLeft.ts';
import { refreshByHand, refreshProblems } from './refreshWords.ts';
import { errorWords, recordWords } from './runWords.ts';
import type { ReadTopology, RunContext, Written } from './runContext.ts';
import { shardTablets } from './shardTablets.ts';
import { refresh } from './steps.ts';
import { within } from './timeLimits.ts';
import { revisionOf, withChanges } from './topologyRecords.ts';
import { cutIntoParts, type Part } from './transactions.ts';

export interface UndoResult {
  /** True when the records are as they were before the run. */
  readonly complete: boolean;
  readonly sentences: readonly string[];
}

/** Others may write between the reading and the writing; then it is read and judged again. */
const attempts = 4;

/**
 * Restores the records that the run denied tables in, where they still are as
 * it wrote them and where that leaves no table open on both sides, also one
 * that was open on both before the run: closing a side is what such a denial
 * was for, and a tablet that does not answer obeys it as soon as it starts.
 * Under its own time limit: a cancel does not reach it.
 */
export async function undoDenies(context: RunContext, before: ReadTopology): Promise<UndoResult> {
  const { clock, limits } = context.options;
  const end = clock.now() + limits.undoMs;
  const denied = context.written;
  context.log.say('Taking back what was denied.');
  const problem = (await restore(context, end).catch(errorWords)) ?? 'others kept changing the topology.';
  const restored = denied.filter((one) => !context.written.includes(one)).map(({ change }) => change.record);
  const left = context.written.map(({ change }) => change.record);
  const head =
    context.unknown.length > 0
      ? 'It is not known whether what was denied still stands'
      : 'What was denied still stands';
  return {
    complete: left.length === 0,
    sentences: [
      ...(restored.length === 0 ? [] : [`What was denied was taken back: ${recordWords(restored)}.`]),
      ...(left.length === 0 ? [] : [`${head} in ${recordWords(left)}: ${problem}`]),
      ...(await refreshAgain(context, before, restored, end)),
    ],
  };
}

/** Gives the reason when something was left; rejects when the topology could not be read or written. */
async function restore(context: RunContext, end: number): Promise<string | undefined> {
  const { clock, plan } = context.options;
  const guards = plan.guards.filter(({ kind }) => kind === 'shards');
  for (let attempt = 0; attempt < attempts && clock.now() < end; attempt++) {
    const now = await context.read();
    const own = context.written.filter(({ change, revision }) => revisionOf(now.data, change.record) === revision);
    if (own.length === 0) return 'someone else changed it since.';
    const { changes, opened } = restorable(now.data, own.map(inverse));
    const open = opened.length === 0 ? undefined : `taking it back would let both sides accept ${listWords(opened)}.`;
    if (changes.length === 0) return open;
    context.compareWith(now);
    const conflict = await commitAll(context, cutIntoParts(changes, { writer: context.writer, guards }));
    if (context.isLost) return lostWords(context.lostLocks);
    if (!conflict) return context.written.length === 0 ? undefined : (open ?? 'someone else changed it since.');
  }
  return undefined;
}

/** True when a part was not written because of what others changed. */
async function commitAll(context: RunContext, parts: readonly Part[]): Promise<boolean> {
  for (const part of parts) {
    const { status } = await context.commit(part, 'undo');
    if (status === 'conflict') return true;
  }
  return false;
}

function inverse({ change, revision }: Written): RecordChange {
  const { record, before, after } = change;
  return { record, before: after, after: before, modRevision: revision, why: 'takes back what was denied' };
}

/** The changes that can all be made without a table being open on both sides for it, and what the others would open. */
function restorable(
  data: TopologyData,
  changes: readonly RecordChange[],
): { readonly changes: readonly RecordChange[]; readonly opened: readonly string[] } {
  const openNow = new Set(bothOpen(decodeSnapshot(data)));
  const safe: RecordChange[] = [];
  const opened = new Set<string>();
  for (const change of changes) {
    const more = bothOpen(decodeSnapshot(withChanges(data, [...safe, change]))).filter((pair) => !openNow.has(pair));
    if (more.length === 0) safe.push(change);
    else for (const pair of more) opened.add(pair);
  }
  return { changes: safe, opened: [...opened] };
}

/** Best effort. Tablets read their denied tables only when they start and when they are refreshed, so what failed is told. */
async function refreshAgain(
  context: RunContext,
  { diagnosed: { snapshot } }: ReadTopology,
  records: readonly RecordId[],
  end: number,
): Promise<string[]> {
  const { clock } = context.options;
  const shards = records.flatMap((record): ShardName[] => {
    const key = parseGlobalPath(record.path);
    return key.kind === 'Shard' ? [key] : [];
  });
  if (shards.length === 0) return [];
  const asked = shardTablets(snapshot, shards);
  const limit = { clock, ms: Math.max(0, end - clock.now()), what: 'Refreshing the tablets again' };
  const byHand = refreshByHand(shards);
  try {
    const answers = await within(limit, (signal) => refresh(context, asked, signal));
    const problems = refreshProblems(asked, answers);
    return problems.length === 0 ? [] : [...problems, byHand];
  } catch (error) {
    return [errorWords(error), byHand];
  }
}
