/** What writes to a topology changed: record by record, as a watch tells it. */
import type { RecordId } from './record.ts';
import type { TopologyData, TopologyFailure, TopologyRecord } from './topologyData.ts';

/** One record after one write, or after several where the steps between are not known. */
export interface RecordChange {
  readonly record: RecordId;
  /** What is stored now; undefined when the record was deleted. */
  readonly now: TopologyRecord | undefined;
}

/** Whether what is shown is what is stored. */
export type WatchStatus =
  | { readonly kind: 'live' }
  /** The global root is not followed since then (milliseconds since the epoch); the watch keeps trying. */
  | { readonly kind: 'stale'; readonly since: number; readonly failure: TopologyFailure };

/** The next thing that a watch of a topology tells. */
export interface TopologyUpdate {
  /** The topology as it stands now; all that did not change is the same objects as before. */
  readonly data: TopologyData;
  /** The records that were written; empty when only the status, a lease or a cell's reach changed. */
  readonly changes: readonly RecordChange[];
  /** The etcd revision that made the changes; undefined when it is not one revision, or the source has none. */
  readonly revision: string | undefined;
  readonly status: WatchStatus;
}
