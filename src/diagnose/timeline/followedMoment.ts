import type { TimelineEvent } from '../../model/timelineEvent.ts';
import type { TopologyUpdate } from '../../model/topologyChange.ts';
import type { TopologyData } from '../../model/topologyData.ts';
import { decodeSnapshot } from '../../records/decodeSnapshot.ts';
import { diagnose, type DiagnosedTopology } from '../diagnose.ts';
import type { TopologyMoment } from '../topologyMoment.ts';
import { timelineEvents } from './timelineEvents.ts';

/** A moment of a topology that is followed. It is judged when somebody looks. */
export class FollowedMoment implements TopologyMoment {
  readonly at: number;
  readonly revision?: string;
  readonly events: readonly TimelineEvent[];
  readonly data: TopologyData;
  private diagnosed: DiagnosedTopology | undefined;

  private constructor(data: TopologyData, at: number, revision: string | undefined, events: readonly TimelineEvent[]) {
    this.data = data;
    this.at = at;
    if (revision !== undefined) this.revision = revision;
    this.events = events;
  }

  /** The moment that following starts from. */
  static first(data: TopologyData): FollowedMoment {
    return new FollowedMoment(data, data.readAt, data.revision, []);
  }

  /** The moment after this one; `at` is in milliseconds since the epoch. */
  next(update: Pick<TopologyUpdate, 'data' | 'changes' | 'revision'>, at: number): FollowedMoment {
    const { data, revision = data.revision } = update;
    return new FollowedMoment(data, at, revision, timelineEvents(this.data, update, at));
  }

  /** The same moment with what is known of it by now, e.g. later evidence of its leases. */
  withData(data: TopologyData): FollowedMoment {
    return new FollowedMoment(data, this.at, this.revision, this.events);
  }

  get topology(): DiagnosedTopology {
    this.diagnosed ??= diagnose(decodeSnapshot(this.data));
    return this.diagnosed;
  }
}
