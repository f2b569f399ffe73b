/**
 * The port to a topology. Every adapter (etcd, a snapshot folder, memory) gives
 * the same TopologyData for the same records; one contract suite proves it.
 */
import type { TopologyData, TopologyFailure, TopologyFailureCode } from '../model/topologyData.ts';

/** Limits of one read. `timeoutMs` bounds the whole read, not each call. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
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
