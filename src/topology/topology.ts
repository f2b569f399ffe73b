/**
 * The port to a topology. Every adapter (etcd, a snapshot folder, memory) gives
 * the same TopologyData for the same records; one contract suite proves it.
 */
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData, TopologyFailure, TopologyFailureCode } from '../model/topologyData.ts';

/** Limits of one read. `timeoutMs` bounds the whole read, not each call. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** How long a watch goes on, and how often it looks at what no write tells. */
export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** How often the leases of the locks are read, in milliseconds; 10,000 by default. */
  readonly leaseIntervalMs?: number;
}

/** A topology that can be read. */
export interface Topology {
  /** Words for people: where this topology is, without credentials. */
  readonly description: string;
  /**
   * Reads every record at one moment. A cell that cannot be read is a value in
   * the result; rejects with a TopologyError when the global root cannot be read.
   */
  read(options?: ReadOptions): Promise<TopologyData>;
  /**
   * Follows the topology on from `from`, which `read` of this topology gave, and
   * tells the listener when it stands, and then of every write, one etcd revision
   * after the other. It gets
   * over lost connections, compactions and cells that come and go by itself and
   * says meanwhile what is stale. Resolves when `signal` or `close` ends it;
   * rejects only with what the listener throws. Undefined where nothing can be followed.
   */
  watch?(from: TopologyData, listener: (update: TopologyUpdate) => void, options: WatchOptions): Promise<void>;
  /** Closes connections; further reads reject. */
  close(): Promise<void>;
}

/** A read that failed as a whole. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
  readonly code: TopologyFailureCode;

  constructor(failure: TopologyFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.code = failure.code;
  }
}
