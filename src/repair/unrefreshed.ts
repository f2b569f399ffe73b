import type { RecordId } from '../model/record.ts';
import { globalRecord, recordName } from '../model/record.ts';
import type { RunRecord } from './ports.ts';
import { refreshByHand } from './refreshWords.ts';

/**
 * Which tablets may not know what a run that did not end well wrote, as a
 * sentence; undefined when there are none. A diagnosis sees records only, and
 * where those are right already no later repair refreshes these tablets.
 */
export function unrefreshedWords(
  { plan, steps }: Pick<RunRecord, 'plan' | 'steps'>,
  written: readonly RecordId[],
): string | undefined {
  const names = new Set(written.map(recordName));
  const shards = plan.steps.flatMap((step, index) =>
    step.kind === 'refresh' && steps[index]?.status !== 'done'
      ? step.shards.filter(({ keyspace, shard }) => names.has(recordName(globalRecord.shard(keyspace, shard))))
      : [],
  );
  return shards.length === 0 ? undefined : `Tablets may not know yet what was written. ${refreshByHand(shards)}`;
}
