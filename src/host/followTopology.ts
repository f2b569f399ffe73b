import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { Topology } from '../topology/topology.ts';

/** Where what a watch tells goes. */
export interface FollowListener {
  /** Every update, at once. */
  update(update: TopologyUpdate): void;
  /** The last update, once no other came for a moment: what views show. */
  settled(update: TopologyUpdate): void;
  /** The watch ended by an error that is none of the topology's. */
  failed(error: unknown): void;
}

/** A burst of writes makes one change of the views, and a lasting one some every second. */
const SETTLE_MS = 40;
const MOST_SETTLE_MS = 250;

/** Follows a topology until the signal aborts; false for one that cannot be followed. */
export function followTopology(
  topology: Topology,
  from: TopologyData,
  listener: FollowListener,
  signal: AbortSignal,
): boolean {
  if (topology.watch === undefined) return false;
  let timer: NodeJS.Timeout | undefined;
  let waitingSince: number | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  const watching = topology.watch(
    from,
    (update) => {
      listener.update(update);
      waitingSince ??= performance.now();
      clearTimeout(timer);
      const left = MOST_SETTLE_MS - (performance.now() - waitingSince);
      timer = setTimeout(
        () => {
          waitingSince = undefined;
          listener.settled(update);
        },
        Math.min(SETTLE_MS, Math.max(left, 0)),
      );
    },
    { signal },
  );
  watching.catch((error: unknown) => {
    if (!signal.aborted) listener.failed(error);
  });
  return true;
}
