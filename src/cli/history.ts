/** `vitess-topo history`. */
import type { DiedRun } from '../history/diedRuns.ts';
import type { HistoryEntry } from '../history/fileHistory.ts';
import { diedRunsHere } from '../history/thisHost.ts';
import { listWords } from '../model/words.ts';
import type { RunRecord } from '../repair/ports.ts';
import type { CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { jsonText } from './json.ts';
import { failing } from './onTopology.ts';
import { painter, plain, wrap } from './paint.ts';
import { listRuns, loadedRuns, openHistory } from './recordedRuns.ts';
import { runJson } from './repairJson.ts';

type HistoryCommandLine = Extract<CommandLine, { readonly command: 'history' }>;

/** Lists the recorded runs, newest first. */
export function history(commandLine: HistoryCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  return failing(commandLine, environment, async () => {
    const { folder, entries } = await read(commandLine, environment);
    const died = new Map(diedRunsHere(loadedRuns(entries)).map((one) => [one.run.id, one]));
    if (commandLine.format === 'json') {
      environment.out(jsonText({ folder, runs: entries.map((entry) => entryJson(entry, died)) }));
    } else {
      const lines = entries.flatMap((entry) => entryLines(entry, died, environment));
      environment.out(lines.length === 0 ? `No run is recorded in ${folder}.\n` : `${lines.join('\n')}\n`);
    }
    return entries.every(({ run }) => run.status === 'loaded') ? 0 : 2;
  });
}

async function read(
  { historyFolder }: HistoryCommandLine,
  environment: CommandEnvironment,
): Promise<{ folder: string; entries: HistoryEntry[] }> {
  const runs = openHistory(historyFolder, environment);
  return { folder: runs.folder, entries: await listRuns(runs) };
}

function entryJson({ id, run }: HistoryEntry, died: ReadonlyMap<string, DiedRun>): object {
  if (run.status !== 'loaded') return { id, error: unreadWords(run) };
  return { ...runJson(run.value), died: died.get(id)?.state ?? null };
}

function unreadWords(run: Exclude<HistoryEntry['run'], { readonly status: 'loaded' }>): string {
  return run.status === 'failed' ? run.reason : 'it is not there any more';
}

function entryLines(
  { id, run }: HistoryEntry,
  died: ReadonlyMap<string, DiedRun>,
  { style }: CommandEnvironment,
): string[] {
  const paint = painter(style);
  if (run.status !== 'loaded') return [`${id}  ${paint('red', 'unreadable')}: ${plain(unreadWords(run))}`, ''];
  const { kind, undoes, who, topology, startedAt, status, message } = run.value;
  const words = diedWords(died.get(id)) ?? message;
  const what = undoes === undefined ? kind : `${kind} of ${undoes}`;
  const where = `${time(startedAt)}  ${who.userName}@${who.hostName}  ${topology}`;
  return [
    `${paint('bold', plain(`${id}  ${what}`))}  ${paint(status === 'done' ? 'green' : 'yellow', statusOf(run.value, died.get(id)))}`,
    paint('dim', plain(`  ${where}`)),
    `  ${plain(reach(run.value))}`,
    ...(words === undefined ? [] : wrap(plain(words), style.width && style.width - 2).map((line) => `  ${line}`)),
    '',
  ];
}

function diedWords(died: DiedRun | undefined): string | undefined {
  if (died === undefined || died.unrefreshed.length === 0) return died?.summary;
  return `${died.summary} Tablets may not know yet what was written: "vitess-topo repair" refreshes them.`;
}

function statusOf({ id, status }: RunRecord, died: DiedRun | undefined): string {
  if (died === undefined) return status;
  const next = `run "vitess-topo repair" to finish, or "vitess-topo undo ${id}"`;
  return died.state === 'died' ? `died; ${next}` : `running on another host, or died there; if it did: ${next}`;
}

function reach({ plan: { keyspaces, tables, cells } }: RunRecord): string {
  return [listWords(keyspaces), listWords(tables), listWords(cells)].filter((part) => part !== '').join(' · ');
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
