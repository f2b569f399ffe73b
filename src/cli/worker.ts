/**
 * Carries out a plan, or a guarded switch, for a window that may close before it is done. It is told
 * by lines on its standard input, a request and perhaps `cancel`, and tells by
 * lines on its standard output; it goes on when nobody listens any more.
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Mismatch } from '../history/checks.ts';
import { FileHistory } from '../history/fileHistory.ts';
import { runToText } from '../history/runText.ts';
import { SwitchFileHistory } from '../history/switchHistory.ts';
import { switchToText } from '../history/switchText.ts';
import { systemClock } from '../history/systemClock.ts';
import type { RunRecord } from '../repair/ports.ts';
import { defaultSwitchLimits, runSwitch } from '../switch/runSwitch.ts';
import type { SwitchRecord } from '../switch/switchModel.ts';
import { topologyFollower } from '../switch/topologyFollower.ts';
import { openLocation } from '../topology/openLocation.ts';
import { TopologyError } from '../topology/topology.ts';
import { isWritable } from '../topology/topologyWriter.ts';
import { withWorkflows } from '../vtctld/withWorkflows.ts';
import { VtctldSwitchServer } from '../vtctld/vtctldSwitchServer.ts';
import { carryOut, whoAmI } from './carryOut.ts';
import { Listener } from './listener.ts';
import { openVtctld } from './openRefresher.ts';
import { readWorkerRequest, type PlanRequest, type SwitchWorkerRequest, type WorkerRequest } from './workerRequest.ts';

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
    listener.tell(`{"kind":"end","run":${run}}`);
  } catch (error) {
    listener.tell(JSON.stringify({ kind: 'failed', message: failureWords(error) }));
  } finally {
    input.destroy();
    await listener.end();
  }
}

/** Gives the text of the final record, on one line. */
async function carryOutRequest(request: WorkerRequest, signal: AbortSignal, listener: Listener): Promise<string> {
  return request.kind === 'switch'
    ? switchLine(await carryOutSwitch(request, signal, progress(listener, switchLine)))
    : runLine(await carryOutPlan(request, signal, progress(listener, runLine)));
}

async function carryOutPlan(
  { topology: address, historyFolder, ...request }: PlanRequest,
  signal: AbortSignal,
  onProgress: (run: RunRecord, words?: string) => void,
): Promise<RunRecord> {
  const topology = await openLocation({ kind: 'etcd', ...address });
  try {
    if (!isWritable(topology)) throw new Error('an etcd topology can be written');
    const history = new FileHistory(historyFolder);
    return await carryOut({ ...request, topology, history, signal, onProgress });
  } finally {
    await topology.close();
  }
}

async function carryOutSwitch(
  { topology: address, vtctld, historyFolder, connection, request }: SwitchWorkerRequest,
  signal: AbortSignal,
  onProgress: (record: SwitchRecord, words?: string) => void,
): Promise<SwitchRecord> {
  const client = await openVtctld(vtctld);
  const topology = withWorkflows(await openLocation({ kind: 'etcd', ...address }), client);
  try {
    return await runSwitch({
      request,
      topology,
      server: new VtctldSwitchServer(client),
      follower: topologyFollower(topology, systemClock),
      history: new SwitchFileHistory(historyFolder),
      clock: systemClock,
      who: whoAmI(),
      connection,
      limits: defaultSwitchLimits,
      signal,
      onProgress,
    });
  } finally {
    await topology.close();
  }
}

/** Tells each state of the run; a run that has not changed is not made into text again for new words. */
function progress<T>(listener: Listener, lineOf: (run: T) => string): (run: T, words?: string) => void {
  let last: { readonly run: T; readonly line: string } | undefined;
  return (run, words) => {
    last = last?.run === run ? last : { run, line: lineOf(run) };
    const said = words === undefined ? '' : `,"words":${JSON.stringify(words)}`;
    listener.tellWhenFree(`{"kind":"progress","run":${last.line}${said}}`);
  };
}

/** The run as the history writes it, without line breaks. */
function runLine(run: RunRecord): string {
  return oneLine(runToText(run));
}

function switchLine(record: SwitchRecord): string {
  return oneLine(switchToText(record));
}

function oneLine(json: string): string {
  return JSON.stringify(JSON.parse(json));
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
  return `It could not be started: ${error instanceof Error ? error.message : String(error)}`;
}
