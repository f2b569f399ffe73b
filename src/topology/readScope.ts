import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { TopologyError } from './topology.ts';
import type { ReadOptions } from './topology.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
// Node fires a timer of more than 2^31-1 ms at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long one read may go on: until its time is up, its caller cancels it, or the topology is closed. */
export class ReadScope {
  /** Aborted at the end; its reason is the TopologyError to report. */
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly release: (() => void)[] = [];

  constructor(subject: string, options: ReadOptions = {}, closed?: AbortSignal) {
    this.signal = this.controller.signal;
    // Every call in flight listens; that is no leak.
    setMaxListeners(0, this.signal);
    const timeoutMs = Math.min(Math.max(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, 0), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => {
      this.controller.abort(timedOut(subject, timeoutMs));
    }, timeoutMs);
    this.follow(options.signal, `Reading ${subject} was cancelled.`);
    this.follow(closed, `The connection to ${subject} is closed.`);
  }

  /** Throws the TopologyError of a scope that has ended. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** The work's result, or the scope's error as soon as the scope ends; the work itself is left to notice the signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return raceSignal(work, this.signal);
  }

  /** Frees the timer and the listeners. */
  end(): void {
    clearTimeout(this.timer);
    for (const release of this.release) release();
  }

  private follow(signal: AbortSignal | undefined, message: string): void {
    if (signal === undefined) return;
    const abort = (): void => {
      this.controller.abort(new TopologyError({ code: 'cancelled', message }));
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    this.release.push(() => {
      signal.removeEventListener('abort', abort);
    });
  }
}

/** Runs `work` under a signal that also aborts after `limitMs`, with `late` as the reason. */
export async function withLimit<T>(
  parent: AbortSignal,
  limitMs: number,
  late: () => TopologyError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const end = (): void => {
    controller.abort(parent.reason);
  };
  if (parent.aborted) end();
  parent.addEventListener('abort', end, { once: true });
  const timer = setTimeout(() => {
    controller.abort(late());
  }, limitMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    parent.removeEventListener('abort', end);
  }
}

/** Runs `work`, unless it is aborted already, under a signal that aborts with the first of the callers' signals, always with a TopologyError as its reason. */
export async function underCaller<T>(
  callers: readonly AbortSignal[],
  subject: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const releases = callers.map((caller) => {
    const end = (): void => {
      controller.abort(asTopologyError(caller.reason, subject));
    };
    if (caller.aborted) end();
    caller.addEventListener('abort', end, { once: true });
    return () => {
      caller.removeEventListener('abort', end);
    };
  });
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    for (const release of releases) release();
  }
}

/** The work's result, or a rejection with the signal's reason as soon as it aborts. */
export async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits; rejects with the signal's reason when it aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw signal.reason as Error;
  });
}

function asTopologyError(reason: unknown, subject: string): TopologyError {
  if (reason instanceof TopologyError) return reason;
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  return late
    ? new TopologyError({ code: 'timeout', message: `${subject} took too long.` })
    : new TopologyError({ code: 'cancelled', message: `${subject} was cancelled.` });
}

function timedOut(subject: string, timeoutMs: number): TopologyError {
  return new TopologyError({
    code: 'timeout',
    message: `Reading ${subject} took longer than ${timeoutMs / 1000} s. Check the network and the load of the topology server, or allow more time.`,
  });
}
