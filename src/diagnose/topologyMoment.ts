import type { TimelineEvent } from '../model/timelineEvent.ts';
import type { DiagnosedTopology } from './diagnose.ts';

/** A topology as it stood after one change to it, which is one etcd revision. */
export interface TopologyMoment {
  /** When this process learnt of it, in milliseconds since the epoch. */
  readonly at: number;
  /** Undefined when the source has no revisions. */
  readonly revision?: string;
  /** What changed since the moment before; empty for the first one. */
  readonly events: readonly TimelineEvent[];
  readonly topology: DiagnosedTopology;
}
