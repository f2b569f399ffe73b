import { FollowedMoment } from '../diagnose/timeline/followedMoment.ts';
import type { Clock } from '../repair/ports.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyFollower } from './ports.ts';

/** Follows a topology by its watch; one that cannot be watched tells nothing. */
export function topologyFollower(topology: Topology, clock: Clock): TopologyFollower {
  return {
    follow: async (from, onMoment, signal) => {
      let moment = FollowedMoment.first(from);
      await topology.watch?.(
        from,
        (update) => {
          if (update.changes.length === 0) return;
          moment = moment.next(update, clock.now());
          onMoment(moment);
        },
        { signal },
      );
    },
  };
}
