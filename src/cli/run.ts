/** Runs one command line against a topology. */
import { diagnose, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { exportSnapshot } from '../topology/exportSnapshot.ts';
import { SnapshotExportError } from '../topology/snapshotExportError.ts';
import { TopologyError } from '../topology/topology.ts';
import { parseCommandLine, type CommandLine } from './commandLine.ts';
import { helpText } from './help.ts';
import { diagnosisJson, failureJson, statusJson } from './json.ts';
import { openTopology, type CredentialEnvironment } from './openTopology.ts';
import type { TextStyle } from './paint.ts';
import { diagnosisText, statusText } from './text.ts';

/** What a run needs of the world around it. */
export interface CommandEnvironment {
  readonly credentials: CredentialEnvironment;
  readonly style: TextStyle;
  readonly version: string;
  readonly signal: AbortSignal;
  out(text: string): void;
  err(text: string): void;
}

/** 0: no error found. 1: errors found. 2: not everything could be checked, or nothing could be done. */
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
      return runCommand(parsed.commandLine, environment);
  }
}

async function runCommand(commandLine: CommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  try {
    const topology = await openTopology(commandLine.address, environment.credentials);
    try {
      const { signal } = environment;
      const data = await topology.read({ signal, timeoutMs: commandLine.timeoutMs });
      const diagnosed = diagnose(decodeSnapshot(data));
      if (commandLine.out === undefined) return show(diagnosed, commandLine, environment);
      await exportSnapshot(data, commandLine.out, signal);
      const written = { out: commandLine.out, revision: data.revision ?? null, complete: diagnosed.complete };
      const unread = diagnosed.complete ? '' : '; not everything could be read, and the snapshot says what';
      environment.out(asked(commandLine, written, () => `The topology was written to ${written.out}${unread}.\n`));
      return diagnosed.complete ? 0 : 2;
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

function show(diagnosed: DiagnosedTopology, commandLine: CommandLine, environment: CommandEnvironment): ExitCode {
  const { style } = environment;
  if (commandLine.command === 'status') {
    environment.out(asked(commandLine, statusJson(diagnosed), () => statusText(diagnosed, style)));
    return diagnosed.complete ? 0 : 2;
  }
  environment.out(asked(commandLine, diagnosisJson(diagnosed), () => diagnosisText(diagnosed, style)));
  if (!diagnosed.complete) return 2;
  return diagnosed.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function asked({ format }: CommandLine, value: unknown, text: () => string): string {
  return format === 'json' ? json(value) : text();
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
