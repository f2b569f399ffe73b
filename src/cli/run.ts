/** Runs one command line against a topology. */
import { diagnose } from '../diagnose/diagnose.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { exportSnapshot } from '../topology/exportSnapshot.ts';
import { SnapshotExportError } from '../topology/snapshotExportError.ts';
import { TopologyError } from '../topology/topology.ts';
import { parseCommandLine, type CommandLine } from './commandLine.ts';
import { helpText } from './help.ts';
import { diagnosisJson, failureJson, precheckJson, statusJson } from './json.ts';
import type { CredentialEnvironment } from './credentials.ts';
import { openTopology } from './openTopology.ts';
import type { TextStyle } from './paint.ts';
import { precheckText } from './precheckText.ts';
import { runbookText } from './runbookText.ts';
import { precheckExitCode, runPrecheck } from './runPrecheck.ts';
import { diagnosisText, statusText } from './text.ts';

/** What a run needs of the world around it. */
export interface CommandEnvironment {
  readonly credentials: CredentialEnvironment;
  readonly style: TextStyle;
  readonly version: string;
  readonly signal: AbortSignal;
  out(text: string): void;
  err(text: string): void;
  /** Shows what is being waited for, in place of what it showed last, until it is empty; absent where nobody watches. */
  progress?(words: string): void;
}

/** 0: nothing wrong was found. 1: something was. 2: not everything could be checked, or nothing could be done. */
export type ExitCode = 0 | 1 | 2;

/** Runs a command line and gives its exit code; what it prints goes to the environment. */
export async function run(args: readonly string[], environment: CommandEnvironment): Promise<ExitCode> {
  const parsed = parseCommandLine(args);
  switch (parsed.kind) {
    case 'help':
      environment.out(helpText);
      return 0;
    case 'version':
      environment.out(`${environment.version}\n`);
      return 0;
    case 'invalid':
      environment.err(`vitess-topo: ${parsed.problem}\nRun "vitess-topo --help" for usage.\n`);
      return 2;
    case 'run':
      if (isReading(parsed.commandLine)) return runReading(parsed.commandLine, environment);
      environment.err(`vitess-topo: ${parsed.commandLine.command} is not part of this build.\n`);
      return 2;
  }
}

/** The commands that change nothing. */
type ReadingCommandLine = Extract<
  CommandLine,
  { readonly command: 'status' | 'diagnose' | 'precheck' | 'runbook' | 'snapshot' }
>;

function isReading(commandLine: CommandLine): commandLine is ReadingCommandLine {
  return ['status', 'diagnose', 'precheck', 'runbook', 'snapshot'].includes(commandLine.command);
}

async function runReading(commandLine: ReadingCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  try {
    const topology = await openTopology(commandLine.address, environment.credentials);
    try {
      const { timeoutMs } = commandLine;
      const { signal } = environment;
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const data = await topology.read({ signal, timeoutMs });
      return await answer(commandLine, data, environment, inTime);
    } finally {
      await topology.close();
    }
  } catch (error) {
    if (!(error instanceof TopologyError || error instanceof SnapshotExportError)) throw error;
    if (commandLine.format === 'json') environment.out(json(failureJson(error)));
    environment.err(`vitess-topo: ${error.message}\n`);
    return 2;
  }
}

async function answer(
  commandLine: ReadingCommandLine,
  data: TopologyData,
  environment: CommandEnvironment,
  inTime: AbortSignal,
): Promise<ExitCode> {
  const { style, signal } = environment;
  const diagnosed = diagnose(decodeSnapshot(data));
  const show = (value: object, text: () => string): void => {
    environment.out(commandLine.format === 'json' ? json(value) : text());
  };
  switch (commandLine.command) {
    case 'status':
      show(statusJson(diagnosed), () => statusText(diagnosed, style));
      return diagnosed.complete ? 0 : 2;
    case 'diagnose':
      show(diagnosisJson(diagnosed), () => diagnosisText(diagnosed, style));
      if (!diagnosed.complete) return 2;
      return diagnosed.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
    case 'snapshot': {
      const { out } = commandLine;
      await exportSnapshot(data, out, signal);
      const unread = diagnosed.complete ? '' : '; not everything could be read, and the snapshot says what';
      const written = { out, revision: data.revision ?? null, complete: diagnosed.complete };
      show(written, () => `The topology was written to ${out}${unread}.\n`);
      return diagnosed.complete ? 0 : 2;
    }
    case 'runbook':
      environment.out(runbookText(commandLine, { data, diagnosed }));
      return diagnosed.complete ? 0 : 2;
    case 'precheck': {
      const onProgress = (words: string): void => environment.progress?.(words);
      const result = await runPrecheck(commandLine, diagnosed, { signal: inTime, onProgress });
      onProgress('');
      if (signal.aborted) throw new TopologyError({ code: 'cancelled', message: 'The precheck was interrupted.' });
      show(precheckJson(result, diagnosed), () => precheckText(result, diagnosed, style));
      return precheckExitCode(result);
    }
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
