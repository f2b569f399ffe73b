/** What the commands that change a topology take. */
import { findingCodes } from '../model/finding.ts';
import type { RepairDirection, RepairRequest, RepairScope } from '../model/plan.ts';
import type { Values } from './options.ts';
import { readTablets, type TabletsAddress } from './tabletOptions.ts';

/** How a plan is carried out. */
export interface RunOptions {
  /** True to show the plan and change nothing. */
  readonly planOnly: boolean;
  /** True to carry it out without asking. */
  readonly yes: boolean;
  readonly tablets: TabletsAddress;
  /** Keyspaces whose primaries need not confirm that they deny. */
  readonly forcedKeyspaces: readonly string[];
  /** Where runs are recorded; undefined for the default folder. */
  readonly historyFolder: string | undefined;
}

/** A move in the scope is a Move's id, or `KEYSPACE.WORKFLOW`: which of them is told by the topology. */
export interface RepairCommand extends RunOptions {
  readonly command: 'repair';
  readonly request: RepairRequest;
}

/** The scope is as in `repair`. */
export interface RunbookCommand {
  readonly command: 'runbook';
  readonly request: RepairRequest;
}

export interface UndoCommand extends RunOptions {
  readonly command: 'undo';
  /** The run's id; undefined for the last one. */
  readonly run: string | undefined;
}

export interface LocksCommand {
  readonly command: 'locks';
  /** The lock's record to release, as it is listed; undefined to list the locks. */
  readonly release: string | undefined;
  readonly yes: boolean;
  /** Where a release is recorded; undefined for the default folder. */
  readonly historyFolder: string | undefined;
}

/** The command, or what is wrong with it. */
export function readRepair(words: readonly string[], values: Values): RepairCommand | string {
  if (words.length > 0) return `unexpected argument "${words[0] ?? ''}"`;
  const request = readRequest(values);
  if (typeof request === 'string') return request;
  const runOptions = readRunOptions(values);
  if (typeof runOptions === 'string') return runOptions;
  return { command: 'repair', request, ...runOptions };
}

/** The command, or what is wrong with it. */
export function readRunbook(words: readonly string[], values: Values): RunbookCommand | string {
  if (words.length > 0) return `unexpected argument "${words[0] ?? ''}"`;
  if (values.format === 'json') return 'a runbook is a Markdown document: it has no --format json';
  const request = readRequest(values);
  return typeof request === 'string' ? request : { command: 'runbook', request };
}

/** The command, or what is wrong with it. */
export function readUndo([run, ...more]: readonly string[], values: Values): UndoCommand | string {
  if (more.length > 0) return `unexpected argument "${more[0] ?? ''}"`;
  const runOptions = readRunOptions(values);
  return typeof runOptions === 'string' ? runOptions : { command: 'undo', run, ...runOptions };
}

/** The command, or what is wrong with it. */
export function readLocks(
  words: readonly string[],
  { release, yes, snapshot, history: historyFolder }: Values,
): LocksCommand | string {
  if (words.length > 0) return `unexpected argument "${words[0] ?? ''}"`;
  if (release === undefined && yes) return '--yes belongs to locks --release RECORD';
  if (release !== undefined && snapshot !== undefined) return 'a lock of a snapshot cannot be released: give --etcd';
  return { command: 'locks', release, yes: yes ?? false, historyFolder };
}

function readRequest(values: Values): RepairRequest | string {
  const scope = readScope(values);
  if (typeof scope === 'string') return scope;
  const direction = readDirection(values.direction);
  if (typeof direction === 'string') return direction;
  return { scope, direction, followReads: values['follow-reads'] ?? false };
}

function readScope({ keyspace, move, finding }: Values): RepairScope | string {
  const given = [keyspace, move, finding].filter((value) => value !== undefined).length;
  if (given > 1) return 'give one of --keyspace, --move and --finding';
  if (keyspace !== undefined) return { kind: 'keyspace', keyspace };
  if (move !== undefined) return { kind: 'move', move };
  if (finding === undefined) return { kind: 'all' };
  const colon = finding.indexOf(':');
  const code = findingCodes.find((known) => known === finding.slice(0, colon));
  const record = finding.slice(colon + 1);
  if (code === undefined || record === '') return `--finding "${finding}" is not CODE:RECORD, as diagnose prints them`;
  return { kind: 'finding', code, record };
}

function readDirection(text = 'follow-routing'): RepairDirection | string {
  if (text === 'follow-routing') return { kind: 'follow-routing' };
  const [, keyspace] = /^serve-from:(.+)$/.exec(text) ?? [];
  if (keyspace === undefined) return `--direction is follow-routing or serve-from:KEYSPACE, not "${text}"`;
  return { kind: 'serve-from', keyspace };
}

function readRunOptions(values: Values): RunOptions | string {
  const { plan: planOnly = false, yes = false, force: forcedKeyspaces = [], history: historyFolder } = values;
  if (planOnly && yes) return 'give --plan or --yes, not both';
  if (values.snapshot !== undefined && !planOnly) return 'a snapshot cannot be changed: give --etcd, or --plan';
  const tablets = readTablets(values);
  if (typeof tablets === 'string') return tablets;
  return { planOnly, yes, tablets, forcedKeyspaces, historyFolder };
}
