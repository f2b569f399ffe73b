import type { Clock } from '../../src/repair/ports.ts';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock that jumps to the next moment that is waited for whenever nothing else is going on in the process. */
export class IdleClock implements Clock {
  private time: number;
  private timers: readonly Timer[] = [];
  private watching = false;

  constructor(time: number) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.timers = this.timers.filter((one) => one !== timer);
        reject(signal.reason as Error);
      };
      const timer: Timer = {
        at: this.time + milliseconds,
        ring: () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener('abort', stop, { once: true });
      this.timers = [...this.timers, timer];
      this.watch();
    });
  }

  /** What is in progress runs as microtasks: when an immediate's turn comes, everybody waits. */
  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    setImmediate(() => {
      this.watching = false;
      const next = this.timers.reduce<Timer | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
      if (next === undefined) return;
      this.timers = this.timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.ring();
      this.watch();
    });
  }
}
