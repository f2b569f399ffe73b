import type { PlanGuard } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { revisionOf } from './topologyRecords.ts';

/** The guards of a plan: the records that it rests on. What it writes is compared by the writes themselves. */
export function planGuards(
  data: TopologyData,
  rests: readonly RecordId[],
  { keyspaces, writes }: { readonly keyspaces: Iterable<string>; readonly writes: (record: RecordId) => boolean },
): PlanGuard[] {
  const records = new Map(rests.map((record) => [recordName(record), record]));
  return [
    ...[...new Set(keyspaces)].sort().map((keyspace): PlanGuard => ({ kind: 'shards', keyspace })),
    ...[...records]
      .filter(([, record]) => !writes(record))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, record]): PlanGuard => ({ kind: 'record', record, modRevision: revisionOf(data, record) })),
  ];
}
