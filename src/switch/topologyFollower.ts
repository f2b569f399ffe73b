import { diagnose } from '../diagnose/diagnose.ts';
import { timelineEvents } from '../diagnose/timelineEvents.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import type { Clock } from '../repair/ports.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyFollower } from './ports.ts';

/** Follows a topology by its watch; one that cannot be watched tells nothing. */
export function topologyFollower(topology: Topology, clock: Clock): TopologyFollower {
  return {
    follow: async (from: TopologyData, onMoment, signal) => {
      let last = diagnose(decodeSnapshot(from));
      await topology.watch?.(
        from,
        ({ data, changes, revision }) => {
          if (changes.length === 0) return;
          const before = last.snapshot;
          last = diagnose(decodeSnapshot(data));
          const at = clock.now();
          const events = timelineEvents({ changes, before, after: last.snapshot, at, revision });
          onMoment({ at, ...(revision === undefined ? {} : { revision }), events, topology: last });
        },
        { signal },
      );
    },
  };
}
