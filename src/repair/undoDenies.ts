/** Takes back what a run denied, when it cannot go on to what it wanted to allow. */
import type { RecordChange, ShardName } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { refreshShard } from '../diagnose/commandList.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { lostWords } from './conflictWords.ts';
import { bothOpen } from './findingsLeft.ts';
import { refreshProblems } from './refreshWords.ts';
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
 * it wrote them and where that opens no second side. Under its own time limit:
 * a cancel does not reach it.
 */
export async function undoDenies(context: RunContext, before: ReadTopology): Promise<UndoResult> {
  const { clock, limits } = context.options;
  const end = clock.now() + limits.undoMs;
  const denied = context.written;
  context.log.say('Taking back what was denied.');
  const problem = await restore(context, before, end).catch((error: unknown) => errorWords(error));
  const restored = denied.filter((one) => !context.written.includes(one)).map(({ change }) => change.record);
  const words = restored.length === 0 ? [] : [`What was denied was taken back: ${recordWords(restored)}.`];
  const left = context.written.map(({ change }) => change.record);
  return {
    complete: left.length === 0,
    sentences: [
      ...words,
      ...(left.length === 0 ? [] : [`What was denied still stands in ${recordWords(left)}: ${problem ?? nobodysTime}`]),
      ...(await refreshAgain(context, before, restored, end)),
    ],
  };
}

const nobodysTime = 'others kept changing the topology.';

/** Gives the reason when something was left; rejects when the topology could not be read or written. */
async function restore(context: RunContext, before: ReadTopology, end: number): Promise<string | undefined> {
  const { clock, plan } = context.options;
  const guards = plan.guards.filter(({ kind }) => kind === 'shards');
  for (let attempt = 0; attempt < attempts && clock.now() < end; attempt++) {
    const now = await context.read();
    const own = context.written.filter(({ change, revision }) => revisionOf(now.data, change.record) === revision);
    if (own.length === 0) return 'someone else changed it since.';
    const changes = own.map(inverse);
    const opened = newlyBothOpen(before, now, changes);
    if (opened.length > 0) return `taking it back would let both sides accept ${listWords(opened)}.`;
    context.compareWith(now);
    const conflict = await commitAll(context, cutIntoParts(changes, { writer: context.writer, guards }));
    if (context.isLost) return lostWords(context.lostLocks);
    if (!conflict) return context.written.length === 0 ? undefined : 'someone else changed it since.';
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

function newlyBothOpen(before: ReadTopology, now: ReadTopology, changes: readonly RecordChange[]): string[] {
  const known = new Set(bothOpen(before.diagnosed.snapshot));
  return bothOpen(decodeSnapshot(withChanges(now.data, changes))).filter((pair) => !known.has(pair));
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
  const later = `Refresh them by hand: ${shards.map(({ keyspace, shard }) => refreshShard(keyspace, shard)).join(' && ')}`;
  try {
    const answers = await within(limit, (signal) => refresh(context, asked, signal));
    const problems = refreshProblems(asked, answers);
    return problems.length === 0 ? [] : [...problems, later];
  } catch (error) {
    return [errorWords(error), later];
  }
}
