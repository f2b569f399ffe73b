/**
 * Carries out a plan for a window that may close before it is done. It is told
 * by lines on its standard input, a request and perhaps `cancel`, and tells by
 * lines on its standard output; it goes on when nobody listens any more.
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Mismatch } from '../history/checks.ts';
import { FileHistory } from '../history/fileHistory.ts';
import { runToText } from '../history/runText.ts';
import type { RunRecord } from '../repair/ports.ts';
import { openLocation } from '../topology/openLocation.ts';
import { TopologyError } from '../topology/topology.ts';
import { isWritable } from '../topology/topologyWriter.ts';
import { carryOut } from './carryOut.ts';
import { readWorkerRequest, type WorkerRequest } from './workerRequest.ts';

export interface WorkerEnvironment {
  readonly input: Readable;
  readonly output: Writable;
  /** Asks to stop before the next step. */
  readonly signal: AbortSignal;
}

/** Runs one request to its end. Never rejects: what went wrong is told on the output, or in the history when nobody listens. */
export async function runWorker({ input, output, signal }: WorkerEnvironment): Promise<void> {
  const listener = new Listener(output);
  const cancelled = new AbortController();
  try {
    const request = await firstLine(input, () => cancelled.abort());
    const run = await carryOutRequest(
      readWorkerRequest(request),
      AbortSignal.any([signal, cancelled.signal]),
      listener,
    );
    listener.tell(`{"kind":"end","run":${oneLine(run)}}`);
  } catch (error) {
    listener.tell(JSON.stringify({ kind: 'failed', message: failureWords(error) }));
  } finally {
    input.destroy();
    await listener.end();
  }
}

async function carryOutRequest(
  { topology: address, historyFolder, ...request }: WorkerRequest,
  signal: AbortSignal,
  listener: Listener,
): Promise<RunRecord> {
  const topology = await openLocation({ kind: 'etcd', ...address });
  try {
    if (!isWritable(topology)) throw new Error('an etcd topology can be written');
    const history = new FileHistory(historyFolder);
    return await carryOut({ ...request, topology, history, signal, onProgress: progress(listener) });
  } finally {
    await topology.close();
  }
}

/** Tells each state of the run; a run that has not changed is not made into text again for new words. */
function progress(listener: Listener): (run: RunRecord, words?: string) => void {
  let last: { readonly run: RunRecord; readonly text: string } | undefined;
  return (run, words) => {
    last = last?.run === run ? last : { run, text: oneLine(run) };
    const said = words === undefined ? '' : `,"words":${JSON.stringify(words)}`;
    listener.tellWhenFree(`{"kind":"progress","run":${last.text}${said}}`);
  };
}

/** The run as the history writes it, without line breaks. */
function oneLine(run: RunRecord): string {
  return JSON.stringify(JSON.parse(runToText(run)));
}

/** The first line; later ones that say `cancel` cancel. Rejects when the input ends without a line. */
function firstLine(input: Readable, cancel: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let isFirst = true;
    createInterface({ input })
      .on('line', (line) => {
        if (isFirst) resolve(line);
        else if (line.trim() === 'cancel') cancel();
        isFirst = false;
      })
      .on('close', () => {
        reject(new Mismatch('the input ended before the first line'));
      });
    input.on('error', reject);
  });
}

function failureWords(error: unknown): string {
  if (error instanceof TopologyError) return error.message;
  if (error instanceof Mismatch) return `The request cannot be carried out: ${error.message}.`;
  return `The repair could not be started: ${error instanceof Error ? error.message : String(error)}`;
}

/** How long what was said last may take to be read, in milliseconds. */
const lastWordsMs = 5000;

/** Whoever reads the output. One who is slow gets the newest state only; one who is gone is not waited for. */
class Listener {
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
