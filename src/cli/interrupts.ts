const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The operator's interrupts: the first cancels, a further one ends the process, unless that must not be. */
export class Interrupts {
  private readonly first = new AbortController();
  private readonly end: (code: number) => void;
  private times = 0;
  private shielded: ((times: number) => void) | undefined;

  /** Listens to the signals of `process`; `end` ends the process. */
  constructor(process: Pick<NodeJS.Process, 'on'>, end: (code: number) => void) {
    this.end = end;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.interrupt(codes[name]));
  }

  get signal(): AbortSignal {
    return this.first.signal;
  }

  readonly shield = (onInterrupt: (times: number) => void): (() => void) => {
    this.shielded = onInterrupt;
    return () => {
      this.shielded = undefined;
    };
  };

  private interrupt(code: number): void {
    this.times += 1;
    this.first.abort();
    if (this.shielded !== undefined) this.shielded(this.times);
    else if (this.times > 1 || code === codes.SIGHUP) this.end(code);
  }
}
