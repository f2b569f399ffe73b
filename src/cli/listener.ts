import type { Writable } from 'node:stream';

/** How long what was said last may take to be read, in milliseconds. */
const lastWordsMs = 5000;

/** Whoever reads the output. One who is slow gets the newest state only; one who is gone is not waited for. */
export class Listener {
  private readonly output: Writable;
  private waiting: string | undefined;
  private isBusy = false;

  constructor(output: Writable) {
    this.output = output;
    // Without a listener an error of the output would end the process in the middle of a run.
    output.on('error', () => undefined);
    output.on('drain', () => this.drained());
  }

  tellWhenFree(line: string): void {
    if (this.isBusy) this.waiting = line;
    else this.tell(line);
  }

  tell(line: string): void {
    this.waiting = undefined;
    if (this.output.writable) this.isBusy = !this.output.write(`${line}\n`);
  }

  /** Waits until everything was read, or nobody reads. */
  async end(): Promise<void> {
    if (!this.output.writable) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, lastWordsMs);
      this.output.once('close', resolve);
      this.output.end(() => resolve());
      late.unref();
    });
  }

  private drained(): void {
    this.isBusy = false;
    if (this.waiting !== undefined) this.tell(this.waiting);
  }
}
