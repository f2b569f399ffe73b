/** Recorded runs as rows of a list. */
import { listWords } from '../model/words.ts';
import type { DiedRun } from '../history/diedRuns.ts';
import type { HistoryEntry } from '../history/fileHistory.ts';
import type { RunRecord } from '../repair/ports.ts';
import type { ClockWords } from './clock.ts';

export interface RunItem {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** Undefined for a file that could not be read. */
  readonly run: RunRecord | undefined;
  /** What is known of a run that was cut off. */
  readonly died: string | undefined;
  /** True when it may have written something that can be taken back. */
  readonly undoable: boolean;
}

const icons: Readonly<Record<RunRecord['status'], string>> = {
  running: '$(sync)',
  done: '$(pass)',
  unchanged: '$(circle-slash)',
  undone: '$(discard)',
  stopped: '$(error)',
};

const shortWords: Readonly<Record<RunRecord['status'], string>> = {
  running: 'running',
  done: 'done',
  unchanged: 'nothing changed',
  undone: 'taken back',
  stopped: 'stopped half way',
};

/** A run in a list: what, where and how it ended; `died` has those that are known to have been cut off, by id. */
export function runItem(
  { id, run }: HistoryEntry,
  clock: ClockWords,
  died: ReadonlyMap<string, Pick<DiedRun, 'words'>>,
): RunItem {
  if (run.status !== 'loaded') {
    const reason = run.status === 'failed' ? run.reason : 'it is gone';
    return {
      id,
      label: `$(question) ${id}`,
      description: '',
      detail: `could not be read: ${reason}`,
      run: undefined,
      died: undefined,
      undoable: false,
    };
  }
  const { kind, status, connection, topology, startedAt, plan, who } = run.value;
  const cutOff = died.has(id);
  const words = cutOff ? 'cut off' : shortWords[status];
  return {
    id,
    label: `${cutOff ? '$(error)' : icons[status]} ${kind === 'undo' ? 'Undo on' : 'Repair of'} ${connection ?? topology}`,
    description: `${words} · ${clock(startedAt)}`,
    detail: [
      plan.tables.length === 0 ? '' : listWords(plan.tables, 4),
      listWords(plan.keyspaces, 4),
      `${who.userName}@${who.hostName}`,
    ]
      .filter((part) => part !== '')
      .join(' · '),
    run: run.value,
    died: died.get(id)?.words,
    undoable: status === 'done' || status === 'stopped' || cutOff,
  };
}
