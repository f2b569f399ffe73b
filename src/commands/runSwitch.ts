import * as vscode from 'vscode';
import { attempt } from '../host/commandRegistry.ts';
import type { EtcdSettings } from '../host/connectionSettings.ts';
import { signalOf } from '../host/cancellation.ts';
import { runWorker, type WorkerEnd } from '../host/repairWorker.ts';
import { switchRunText, switchTitle } from '../host/switchText.ts';
import type { VtctldSettings } from '../host/vtctldSettings.ts';
import { switchWorkerRequest, type Passwords } from '../host/workerRequest.ts';
import { switchFromJson } from '../history/switchText.ts';
import { loadedValue } from '../model/reading.ts';
import type { SwitchRecord, SwitchRequest } from '../switch/switchModel.ts';
import { verdictWords } from '../switch/verdictWords.ts';
import type { CommandDeps } from './commandDeps.ts';
import { showFailedState } from './connectByName.ts';
import { planRepairCommand } from './planRepair.ts';
import { withProgress } from '../host/progress.ts';

/** A guarded switch that the operator confirmed. */
export interface ConfirmedSwitch {
  readonly connection: string;
  /** The move's id. */
  readonly move: string;
  readonly request: SwitchRequest;
  readonly settings: EtcdSettings;
  readonly vtctld: VtctldSettings;
  readonly passwords: Passwords;
}

/** Has a process of its own switch, shows each change as it comes, and offers the repair when the records contradict each other. */
export async function runSwitch(deps: CommandDeps, confirmed: ConfirmedSwitch): Promise<void> {
  const { connection, request } = confirmed;
  const title = switchTitle(request);
  const end = await run(deps, confirmed, title);
  if (end.status === 'failed') {
    const log = 'Show Log';
    const choice = await vscode.window.showErrorMessage(`${title}: ${end.message}`, log);
    if (choice === log) deps.log.show();
    return;
  }
  const state = await withProgress(`Reading ${connection}`, (signal) => deps.store.refresh(connection, signal));
  showFailedState(deps, connection, state);
  if (end.run !== undefined) await deps.repairs.showText(title, keyOf(end.run), switchRunText(end.run));
  if (end.status === 'ended') await report(deps, confirmed, end.run);
  else {
    const words = `${end.message} vtctld may be at work all the same: look at the locks of the move before anything is repaired.`;
    void vscode.window.showErrorMessage(`${title}: ${words}`);
  }
}

function run(deps: CommandDeps, confirmed: ConfirmedSwitch, title: string): Promise<WorkerEnd<SwitchRecord>> {
  const request = switchWorkerRequest({ ...confirmed, historyFolder: deps.history().folder });
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) => {
      let isShown = false;
      progress.report({ message: 'Starting' });
      return runWorker<SwitchRecord>(request, {
        spawn: deps.spawnWorker,
        decodeRun: (value) => loadedValue(switchFromJson(value)),
        onProgress: (record, words) => {
          if (words !== undefined) progress.report({ message: words });
          const text = switchRunText(record);
          if (isShown) deps.repairs.updateText(title, keyOf(record), text);
          else void deps.repairs.showText(title, keyOf(record), text);
          isShown = true;
        },
        signal: signalOf(token),
        warn: (message) => deps.log.warn(`${title}: ${message}`),
      });
    }),
  );
}

function keyOf({ id }: SwitchRecord): string {
  return `switch ${id}`;
}

async function report(deps: CommandDeps, { connection, move }: ConfirmedSwitch, run: SwitchRecord): Promise<void> {
  const { verdict = 'not-checked', request } = run;
  const words = `${switchTitle(request)}: ${verdictWords[verdict]}`;
  if (verdict === 'switched') {
    void vscode.window.showInformationMessage(words);
    return;
  }
  if (verdict !== 'contradictory') {
    void vscode.window.showWarningMessage(`${words} The document says what is known.`);
    return;
  }
  // Writes may be failing now: the repair is shown without being asked for. It writes nothing before it is confirmed.
  void vscode.window.showErrorMessage(`${words} ${run.findings[0]?.message ?? ''}`);
  await attempt(deps.log, 'Repair…', () => planRepairCommand(deps)({ connection, move }));
}
