import { FollowedMoment } from '../diagnose/timeline/followedMoment.ts';
import type { TopologyMoment } from '../diagnose/topologyMoment.ts';
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { changesBetween } from '../topology/applyChanges.ts';

const MOST_MOMENTS = 500;

/** What became of one connection's topology, change by change, since it was first read in this window. */
export class SessionMoments {
  private moments: readonly FollowedMoment[] = [];

  /** Oldest first; the last is what is known now. Never changed in place. */
  get all(): readonly TopologyMoment[] {
    return this.moments;
  }

  /** The topology as it is known now. */
  get latest(): FollowedMoment | undefined {
    return this.moments.at(-1);
  }

  /** Takes in a whole reading. */
  read(data: TopologyData, at: number): FollowedMoment {
    const { latest } = this;
    if (latest === undefined) return this.push(FollowedMoment.first(data));
    return this.add({ data, changes: changesBetween(latest.data, data), revision: undefined }, at);
  }

  /** Takes in what a watch told; without a change the last moment is known better now. */
  add(update: Pick<TopologyUpdate, 'data' | 'changes' | 'revision'>, at: number): FollowedMoment {
    const { latest } = this;
    if (latest === undefined) return this.push(FollowedMoment.first(update.data));
    const next = latest.next(update, at);
    if (next.events.length > 0) return this.push(next);
    const renewed = latest.withData(update.data);
    this.moments = [...this.moments.slice(0, -1), renewed];
    return renewed;
  }

  private push(moment: FollowedMoment): FollowedMoment {
    this.moments = [...this.moments, moment].slice(-MOST_MOMENTS);
    return moment;
  }
}
