/**
 * Carries out a plan, or a guarded switch, in a process of its own, which goes on when the window
 * closes. Both sides speak lines of JSON: the request goes to its standard
 * input, later a line `cancel`; what happens comes from its standard output.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { WorkerRequest } from './workerRequest.ts';

export interface WorkerOptions<R> {
  readonly spawn: () => ChildProcessWithoutNullStreams;
  /** Reads a run as the worker writes it; undefined or an error when it is none. */
  readonly decodeRun: (value: unknown) => R | undefined;
  readonly onProgress: (run: R, words: string | undefined) => void;
  /** Asks the worker to stop before its next step; what it does then comes as usual. */
  readonly signal: AbortSignal;
  /** What the worker says besides the protocol. */
  readonly warn: (message: string) => void;
}

export type WorkerEnd<R> =
  | { readonly status: 'ended'; readonly run: R }
  /** It never started; nothing was written. */
  | { readonly status: 'failed'; readonly message: string }
  /** It ended, or was ended, without saying how the run went; `run` is what it said last. */
  | { readonly status: 'lost'; readonly message: string; readonly run: R | undefined };

type Message<R> =
  | { readonly kind: 'progress'; readonly run: R; readonly words: string | undefined }
  | { readonly kind: 'end'; readonly run: R }
  | { readonly kind: 'failed'; readonly message: string };

/** Runs a worker to its end. Never rejects. */
export function runWorker<R>(request: WorkerRequest, options: WorkerOptions<R>): Promise<WorkerEnd<R>> {
  const { spawn, decodeRun, onProgress, signal, warn } = options;
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn();
    } catch (error) {
      resolve({ status: 'failed', message: notStarted(error) });
      return;
    }
    let last: R | undefined;
    const settle = (end: WorkerEnd<R>): void => {
      signal.removeEventListener('abort', cancel);
      resolve(end);
    };
    const cancel = (): void => void child.stdin.write('cancel\n');
    // A worker that is gone reports that by its end; here it only breaks the pipe.
    child.stdin.on('error', (error) => warn(`the worker process takes no more input: ${error.message}`));
    child.stdin.write(`${JSON.stringify(request)}\n`);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });

    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = parse(line, decodeRun);
      if (message === undefined) warn(`the worker process wrote: ${shorten(line)}`);
      else if (message.kind === 'failed') settle({ status: 'failed', message: message.message });
      else if (message.kind === 'end') settle({ status: 'ended', run: message.run });
      else {
        last = message.run;
        onProgress(message.run, message.words);
      }
    });
    let said = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      said = shorten(line);
      warn(`the worker process: ${said}`);
    });
    child.on('error', (error) => settle({ status: 'failed', message: notStarted(error) }));
    child.on('close', (code, killedBy) => {
      const how = killedBy === null ? `with code ${code ?? 'unknown'}` : `by ${killedBy}`;
      const message = `The worker process ended ${how} without saying how the run went${said === '' ? '.' : `: ${said}`}`;
      settle({ status: 'lost', message, run: last });
    });
  });
}

const longestShown = 500;

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function notStarted(error: unknown): string {
  return `The worker process could not be started: ${error instanceof Error ? error.message : String(error)}`;
}

/** A line of the protocol; undefined for anything else. */
function parse<R>(line: string, decodeRun: WorkerOptions<R>['decodeRun']): Message<R> | undefined {
  try {
    const { kind, run, words, message } = JSON.parse(line) as Record<string, unknown>;
    if (kind === 'failed') return typeof message === 'string' ? { kind, message } : undefined;
    if (kind !== 'progress' && kind !== 'end') return undefined;
    const decoded = decodeRun(run);
    if (decoded === undefined) return undefined;
    return kind === 'end'
      ? { kind, run: decoded }
      : { kind, run: decoded, words: typeof words === 'string' ? words : undefined };
  } catch {
    return undefined;
  }
}
