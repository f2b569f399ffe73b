import type { ShardName } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import { globalRecord, recordName } from '../model/record.ts';
import type { RunRecord } from './ports.ts';
import { refreshByHand } from './refreshWords.ts';

type Progress = Pick<RunRecord, 'plan' | 'steps'>;

/**
 * The shards whose tablets may not know what a run that did not end well wrote.
 * A diagnosis sees records only, and where those are right already no later
 * repair refreshes these tablets unless it is asked to.
 */
export function unrefreshedShards({ plan, steps }: Progress, written: readonly RecordId[]): ShardName[] {
  const names = new Set(written.map(recordName));
  return plan.steps.flatMap((step, index) =>
    step.kind === 'refresh' && steps[index]?.status !== 'done'
      ? step.shards.filter(({ keyspace, shard }) => names.has(recordName(globalRecord.shard(keyspace, shard))))
      : [],
  );
}

/** The same of a run that was cut off: whatever it had begun to write may be written, and what it was to refresh too is left. */
export function unrefreshedWhenCutOff(run: Progress): ShardName[] {
  const { purpose, steps } = run.plan;
  const begun = steps.filter((_, index) => run.steps[index]?.status !== 'waiting');
  const written = begun.flatMap((step) => (step.kind === 'write' ? step.changes.map(({ record }) => record) : []));
  const asked = purpose.kind === 'repair' ? (purpose.request.refresh ?? []) : [];
  return unrefreshedShards(run, [
    ...written,
    ...asked.map(({ keyspace, shard }) => globalRecord.shard(keyspace, shard)),
  ]);
}

/** What to do about them, in a sentence; undefined when there are none. */
export function unrefreshedWords(shards: readonly ShardName[]): string | undefined {
  return shards.length === 0 ? undefined : `Tablets may not know yet what was written. ${refreshByHand(shards)}`;
}
