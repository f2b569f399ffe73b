import type { TimelineEventKind } from '../../model/timelineEvent.ts';
import type { TopologyRecord } from '../../model/topologyData.ts';

/** What one record's change says. */
export interface ChangeWords {
  readonly kind: TimelineEventKind;
  readonly text: string;
  readonly keyspaces?: readonly string[];
  readonly tables?: readonly string[];
}

/** A record before and after it was written; undefined where it was not there. */
export interface WrittenRecord {
  readonly before: TopologyRecord | undefined;
  readonly now: TopologyRecord | undefined;
}

/** `appears`, `is written` or `is deleted`. */
export function writtenWord({ before, now }: WrittenRecord): string {
  if (now === undefined) return 'is deleted';
  return before === undefined ? 'appears' : 'is written';
}
