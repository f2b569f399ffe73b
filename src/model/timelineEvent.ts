export const timelineEventKinds = [
  'lock-taken',
  'lock-released',
  'denied-tables',
  'routing-rules',
  'srv-vschema',
  'serving-graph',
  'other',
] as const;

/** What one change to a topology's records was. */
export type TimelineEventKind = (typeof timelineEventKinds)[number];

/** One change to one record. */
export interface TimelineEvent {
  /** When this process learnt of it, in milliseconds since the epoch: etcd keeps no times. */
  readonly at: number;
  /** The etcd revision of the write; undefined when the source has none. */
  readonly revision?: string;
  readonly kind: TimelineEventKind;
  /** The record as people name it, e.g. `zone1/SrvVSchema`. */
  readonly record: string;
  /** What changed, e.g. `customer/-80 denies corder, customer for writes`. */
  readonly text: string;
  /** Empty where no keyspace, or every keyspace, is concerned. */
  readonly keyspaces: readonly string[];
  /** Empty where no table, or every table, is concerned. */
  readonly tables: readonly string[];
}
