/** What a command line asks for. */
import { parseArgs } from 'node:util';
import type { PrecheckRequest } from '../repair/precheck/precheckModel.ts';
import { readAddress, type TopologyAddress } from './addressOptions.ts';
import { commandNames, options, readDuration, strayOption, type CommandName, type Values } from './options.ts';
import { readPrecheck } from './precheckOptions.ts';
import { readSwitch, type SwitchCommand } from './switchOptions.ts';
import { readLocks, readRepair, readRunbook, readUndo } from './repairOptions.ts';
import type { LocksCommand, RepairCommand, RunbookCommand, UndoCommand } from './repairOptions.ts';
import { readTablets, readVtctld, type TabletsAddress, type VtctldAddress } from './tabletOptions.ts';

/** A command on a topology, with what it alone takes. */
type TopologyCommand =
  | { readonly command: 'status' | 'diagnose' }
  | { readonly command: 'precheck'; readonly request: PrecheckRequest; readonly tablets: TabletsAddress }
  | SwitchCommand
  | RepairCommand
  | UndoCommand
  | LocksCommand
  | RunbookCommand
  /** `forMs` is how long; undefined until it is interrupted. */
  | { readonly command: 'watch'; readonly forMs: number | undefined }
  /** `out` is the folder to write. */
  | { readonly command: 'snapshot'; readonly out: string };

/** Lists recorded runs, from the default folder when none is given; it reads no topology. */
interface HistoryCommand {
  readonly command: 'history';
  readonly historyFolder: string | undefined;
}

/** Where a topology is, and who is asked for its workflows, if anybody. */
interface TopologyPlace {
  readonly address: TopologyAddress;
  readonly vtctld?: VtctldAddress;
}

export type CommandLine = ((TopologyCommand & TopologyPlace) | HistoryCommand) & {
  readonly format: 'text' | 'json';
  /** Milliseconds for the whole command. */
  readonly timeoutMs: number;
};

export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly commandLine: CommandLine }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'invalid'; readonly problem: string };

const defaultTimeoutMs = 30_000;

/** Parses a command line. Never throws: what is wrong is said in words. */
export function parseCommandLine(args: readonly string[]): ParsedCommandLine {
  try {
    return read(args);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
}

function read(args: readonly string[]): ParsedCommandLine {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.version) return { kind: 'version' };
  if (values.help || positionals[0] === 'help') return { kind: 'help' };
  const [first, ...words] = positionals;
  const name = commandNames.find((one) => one === first);
  if (name === undefined) {
    const given = first === undefined ? 'no command given' : `unknown command "${first}"`;
    return invalid(`${given}; commands are ${commandNames.join(', ')}`);
  }
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') return invalid(`--format is text or json, not "${format}"`);
  const timeoutMs = readDuration(values, 'timeout') ?? defaultTimeoutMs;
  if (typeof timeoutMs === 'string') return invalid(timeoutMs);
  const stray = strayOption(name, values);
  if (stray !== undefined) return invalid(stray);
  if (name === 'history') {
    if (words.length > 0) return invalid(`unexpected argument "${words[0] ?? ''}"`);
    if (values.etcd !== undefined || values.snapshot !== undefined) return invalid('history reads no topology');
    return { kind: 'run', commandLine: { command: name, historyFolder: values.history, format, timeoutMs } };
  }
  const command = readCommand(name, words, values);
  if (typeof command === 'string') return invalid(command);
  const place = readPlace(command.command, values);
  if (typeof place === 'string') return invalid(place);
  return { kind: 'run', commandLine: { ...command, ...place, format, timeoutMs } };
}

function readPlace(command: TopologyCommand['command'], values: Values): TopologyPlace | string {
  const address = readAddress(values);
  if (typeof address === 'string') return address;
  const vtctld = readVtctld(values);
  if (typeof vtctld === 'string') return vtctld;
  // A snapshot is of its own moment: what vtctld says now would contradict it. What writes rests on the records alone.
  const isAsked = address.kind === 'etcd' && command !== 'repair' && command !== 'undo';
  return vtctld !== undefined && isAsked ? { address, vtctld } : { address };
}

/** The command, or what is wrong with it. */
function readCommand(
  command: Exclude<CommandName, 'history'>,
  words: readonly string[],
  values: Values,
): TopologyCommand | string {
  if (command === 'switch' || command === 'reverse') return readSwitch(command, words, values);
  if (command === 'repair') return readRepair(words, values);
  if (command === 'undo') return readUndo(words, values);
  if (command === 'locks') return readLocks(words, values);
  if (command === 'runbook') return readRunbook(words, values);
  if (command === 'precheck') {
    const request = readPrecheck(words, values);
    if (typeof request === 'string') return request;
    const tablets = readTablets(values);
    return typeof tablets === 'string' ? tablets : { command, request, tablets };
  }
  if (words.length > 0) return `unexpected argument "${words[0] ?? ''}"`;
  if (command === 'watch') {
    const forMs = readDuration(values, 'for');
    if (values.snapshot !== undefined) return 'a snapshot does not change: give --etcd';
    return typeof forMs === 'string' ? forMs : { command, forMs };
  }
  if (command !== 'snapshot') return { command };
  return values.out === undefined ? 'snapshot needs --out DIR' : { command, out: values.out };
}

function invalid(problem: string): ParsedCommandLine {
  return { kind: 'invalid', problem };
}
