/** Runs one command line against a topology. */
import { exportSnapshot } from '../topology/exportSnapshot.ts';
import { TopologyError } from '../topology/topology.ts';
import { parseCommandLine, type CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { helpText } from './help.ts';
import { history } from './history.ts';
import { diagnosisJson, jsonText, precheckJson, statusJson } from './json.ts';
import { locks } from './locks.ts';
import { onTopology, type OpenedTopology } from './onTopology.ts';
import { precheckText } from './precheckText.ts';
import { repair } from './repair.ts';
import { runbookText } from './runbookText.ts';
import { precheckExitCode, runPrecheck } from './runPrecheck.ts';
import { switchTraffic } from './switchTraffic.ts';
import { diagnosisText, statusText } from './text.ts';
import { undo } from './undo.ts';
import { watch } from './watch.ts';

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

function runCommand(commandLine: CommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  switch (commandLine.command) {
    case 'switch':
    case 'reverse':
      return switchTraffic(commandLine, environment);
    case 'repair':
      return repair(commandLine, environment);
    case 'undo':
      return undo(commandLine, environment);
    case 'history':
      return history(commandLine, environment);
    case 'locks':
      return locks(commandLine, environment);
    case 'watch':
      return watch(commandLine, environment);
    default:
      return onTopology(commandLine, environment, (opened) => answer(commandLine, opened, environment));
  }
}

/** The commands that change nothing, and answer from what was read. */
type ReadingCommandLine = Extract<
  CommandLine,
  { readonly command: 'status' | 'diagnose' | 'precheck' | 'runbook' | 'snapshot' }
>;

async function answer(
  commandLine: ReadingCommandLine,
  { data, diagnosed, inTime }: OpenedTopology,
  environment: CommandEnvironment,
): Promise<ExitCode> {
  const { credentials, style, signal } = environment;
  const show = (value: object, text: () => string): void => {
    environment.out(commandLine.format === 'json' ? jsonText(value) : text());
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
      const result = await runPrecheck(commandLine, diagnosed, { credentials, signal: inTime, onProgress });
      onProgress('');
      if (signal.aborted) throw new TopologyError({ code: 'cancelled', message: 'The precheck was interrupted.' });
      show(precheckJson(result, diagnosed), () => precheckText(result, diagnosed, style));
      return precheckExitCode(result);
    }
  }
}
