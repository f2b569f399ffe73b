/** Time limits and repeated attempts, by a clock that is given. */
import type { TopologyFailureCode } from '../model/topologyData.ts';
import { TopologyError } from '../topology/topology.ts';
import type { Clock } from './ports.ts';

/** What may be waited for. */
export interface TimeLimit {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly ms: number;
  /** What is done, as the beginning of a sentence: `Reading the topology`. */
  readonly what: string;
  /** The code when nothing answers; `timeout` unless a write may have happened. */
  readonly silence?: TopologyFailureCode;
  /** The caller's cancel, for work that may be cancelled. */
  readonly cancel?: AbortSignal;
}

/** How long work may go on after its signal was aborted before it is no longer waited for, in milliseconds. */
const graceMs = 2000;
const [firstPauseMs, longestPauseMs] = [250, 2000];

/** Runs work with a signal that aborts when its time is over, and stops waiting when it does not settle then. */
export async function within<T>(limit: TimeLimit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, what, silence = 'timeout', cancel } = limit;
  const over = new AbortController();
  const settled = new AbortController();
  const message = `${what} gave no answer within ${Math.ceil(ms / 1000)} s.`;
  const silent = clock
    .wait(ms, settled.signal)
    .then(() => {
      over.abort(new TopologyError({ code: 'timeout', message }));
      return clock.wait(graceMs, settled.signal);
    })
    .then(() => {
      throw new TopologyError({ code: silence, message });
    });
  const signal = cancel === undefined ? over.signal : AbortSignal.any([over.signal, cancel]);
  try {
    return await Promise.race([work(signal), silent]);
  } catch (error) {
    // Work that this ends for its time may say that it was cancelled, which nobody did.
    const isCancelled = error instanceof TopologyError && error.code === 'cancelled';
    throw isCancelled && over.signal.aborted ? (over.signal.reason as Error) : error;
  } finally {
    settled.abort();
  }
}

/** Attempts of a call that fails for a reason that passes take this many times its limit together. */
const persistence = 3;

/** How calls are made again that fail for a reason that passes. */
export interface Persistence {
  readonly clock: Clock;
  /** The limit of one call, in milliseconds; all attempts together take some times this. */
  readonly callMs: number;
  readonly mayGoOn: () => boolean;
  /** The failures that pass: by default what cannot be reached, and what gives no answer in time. */
  readonly passing?: readonly TopologyFailureCode[];
}

const passes: readonly TopologyFailureCode[] = ['unreachable', 'timeout'];

/** Does again, with growing pauses, what failed for a reason that passes, until its time is over or `mayGoOn` says no. */
export async function persistently<T>(
  { clock, callMs, mayGoOn, passing = passes }: Persistence,
  work: () => Promise<T>,
): Promise<T> {
  const end = clock.now() + persistence * callMs;
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isOneOf(passing, error) || !mayGoOn() || clock.now() + pause >= end) throw error;
    }
    await clock.wait(pause, never);
  }
}

/** A signal that never aborts. */
const never = new AbortController().signal;

function isOneOf(codes: readonly TopologyFailureCode[], error: unknown): boolean {
  return error instanceof TopologyError && codes.includes(error.code);
}
