import type { TopologyMoment } from '../diagnose/topologyMoment.ts';
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { Topology } from '../topology/topology.ts';
import { followTopology } from './followTopology.ts';
import type { LoadedTopology, SessionState } from './session.ts';
import { SessionMoments } from './sessionMoments.ts';

/** What a session does with what following its topology gives. */
export interface FollowedSessionOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly show: (state: SessionState) => void;
  /** Following ended by an error that nobody knows. */
  readonly failed: (error: unknown) => void;
}

/** What is known of one connection's topology, and the following of it. */
export class FollowedSession {
  private readonly options: FollowedSessionOptions;
  private readonly known = new SessionMoments();
  private following: AbortController | undefined;

  constructor(options: FollowedSessionOptions) {
    this.options = options;
  }

  get moments(): readonly TopologyMoment[] {
    return this.known.all;
  }

  get isFollowing(): boolean {
    return this.following !== undefined;
  }

  /** Takes in a whole reading, and judges it. */
  read(data: TopologyData): LoadedTopology {
    const { topology: diagnosed } = this.known.read(data, this.options.now());
    return { data, diagnosed, loadedAt: this.options.now() };
  }

  /** Follows the topology on from what is known of it, where it can be followed and is not yet. */
  follow(topology: Topology): void {
    const from = this.known.latest?.data;
    if (this.following !== undefined || from === undefined) return;
    const abort = new AbortController();
    const listener = {
      update: (update: TopologyUpdate) => this.known.add(update, this.options.now()),
      settled: (update: TopologyUpdate) => this.show(update),
      failed: (error: unknown) => {
        this.stop();
        this.options.failed(error);
      },
    };
    if (followTopology(topology, from, listener, abort.signal)) this.following = abort;
  }

  stop(): void {
    this.following?.abort();
    this.following = undefined;
  }

  private show({ status }: TopologyUpdate): void {
    const { latest } = this.known;
    if (latest === undefined) return;
    const { data, topology: diagnosed } = latest;
    if (status.kind === 'live') {
      const topology = { data, diagnosed, loadedAt: this.options.now() };
      this.options.show({ status: 'loaded', topology, live: true });
      return;
    }
    const { failure, since } = status;
    this.options.show({ status: 'failed', failure, last: { data, diagnosed, loadedAt: since }, since });
  }
}
