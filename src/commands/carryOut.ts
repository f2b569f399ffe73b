import * as vscode from 'vscode';
import { signalOf } from '../host/cancellation.ts';
import { attempt } from '../host/commandRegistry.ts';
import type { EtcdSettings } from '../host/connectionSettings.ts';
import type { ShownPlan } from '../host/repairDocuments.ts';
import { runWorker, type WorkerEnd } from '../host/repairWorker.ts';
import { runProgress, unconfirmedKeyspaces } from '../host/runProgress.ts';
import { defaultTablets } from '../host/tabletSettings.ts';
import { needsVtctldPassword, workerRequest, type Passwords } from '../host/workerRequest.ts';
import { planToJson, runFromJson } from '../history/runText.ts';
import { loadedValue } from '../model/reading.ts';
import type { Plan } from '../model/plan.ts';
import type { RunRecord } from '../repair/ports.ts';
import { runStatusWords } from '../repair/runWords.ts';
import type { CommandDeps } from './commandDeps.ts';
import { showFailedState } from './connectByName.ts';
import { withProgress } from '../host/progress.ts';

/** A plan that the operator confirmed. */
export interface ConfirmedPlan {
  readonly shown: ShownPlan;
  readonly plan: Plan;
  readonly settings: EtcdSettings;
  readonly passwords: Passwords;
  readonly forced: readonly string[];
}

/** Carries out a plan and shows how that went; gives the keyspaces that the operator wants to force, when he does. */
export async function carryOut(deps: CommandDeps, confirmed: ConfirmedPlan): Promise<readonly string[] | undefined> {
  const { connection, subject } = confirmed.shown;
  const end = await run(deps, confirmed);
  if (end.status === 'failed') {
    const log = 'Show Log';
    const choice = vscode.window.showErrorMessage(`${subject.title}: nothing was changed. ${end.message}`, log);
    void choice.then((chosen) => chosen === log && deps.log.show());
    return undefined;
  }
  await deps.repairs.closePlan(subject.title);
  await refresh(deps, connection);
  const recorded = end.status === 'ended' ? end.run : await lastKnown(deps, end.run);
  if (recorded !== undefined) await deps.repairs.showRun(recorded);
  return end.status === 'ended' ? report(deps, confirmed, end.run) : reportLost(deps, confirmed, end.message);
}

function run(
  deps: CommandDeps,
  { plan, settings, passwords, forced, shown }: ConfirmedPlan,
): Promise<WorkerEnd<RunRecord>> {
  const request = workerRequest(settings, passwords, {
    plan: planToJson(plan),
    kind: plan.purpose.kind,
    ...(plan.purpose.kind === 'undo' ? { undoes: plan.purpose.run } : {}),
    forcedKeyspaces: forced,
    historyFolder: deps.history().folder,
  });
  const { title } = shown.subject;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) => {
      let done = 0;
      progress.report({ message: 'Starting' });
      return runWorker(request, {
        spawn: deps.spawnWorker,
        decodeRun: (value) => loadedValue(runFromJson(value)),
        onProgress: (record, words) => {
          const now = runProgress(record, words);
          progress.report({ message: now.message, increment: (now.done - done) * 100 });
          done = now.done;
        },
        signal: signalOf(token),
        warn: (message) => deps.log.warn(`${title}: ${message}`),
      });
    }),
  );
}

async function refresh(deps: CommandDeps, connection: string): Promise<void> {
  const state = await withProgress(`Reading ${connection}`, (signal) => deps.store.refresh(connection, signal));
  showFailedState(deps, connection, state);
}

async function lastKnown(deps: CommandDeps, run: RunRecord | undefined): Promise<RunRecord | undefined> {
  return run === undefined ? undefined : (loadedValue(await deps.history().load(run.id)) ?? run);
}

async function report(
  deps: CommandDeps,
  { shown, settings }: ConfirmedPlan,
  run: RunRecord,
): Promise<readonly string[] | undefined> {
  const { title } = shown.subject;
  if (run.status === 'done') {
    void vscode.window.showInformationMessage(`${title}: ${runStatusWords.done}`);
    return undefined;
  }
  const keyspaces = unconfirmedKeyspaces(run);
  const force = 'Force…';
  const enter = 'Enter vtctld Password…';
  const mayNeedPassword = keyspaces.length > 0 && needsVtctldPassword(settings.tablets ?? defaultTablets);
  const buttons = [...(mayNeedPassword ? [enter] : []), ...(keyspaces.length > 0 ? [force] : [])];
  const message = `${title}: ${runStatusWords[run.status]} The document says why.`;
  const choice = await vscode.window.showWarningMessage(message, ...buttons);
  if (choice === enter) {
    // The next run asks for it.
    await deps.secrets.delete(shown.connection, ['vtctld']);
    await planAgain(deps, shown, enter);
  }
  return choice === force ? keyspaces : undefined;
}

async function reportLost(deps: CommandDeps, { shown }: ConfirmedPlan, message: string): Promise<undefined> {
  const plan = 'Repair…';
  const words = `${message} What it wrote stands. The topology was read again: repair what is found now.`;
  if ((await vscode.window.showErrorMessage(words, plan)) === plan) await planAgain(deps, shown, plan);
}

function planAgain(deps: CommandDeps, shown: ShownPlan, what: string): Promise<void> {
  return attempt(deps.log, what, async () => {
    const again = await shown.again();
    if (again !== undefined) await deps.repairs.showPlan(again);
  });
}
