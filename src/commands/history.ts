import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { clockWords } from '../host/clock.ts';
import { attempt } from '../host/commandRegistry.ts';
import { runItem, type RunItem } from '../host/runItems.ts';
import { cutOffRuns } from '../host/cutOffRuns.ts';
import { loadedValue } from '../model/reading.ts';
import { count, listWords } from '../model/words.ts';
import type { RunRecord } from '../repair/ports.ts';
import { unrefreshedWhenCutOff } from '../repair/unrefreshed.ts';
import type { CommandDeps } from './commandDeps.ts';
import { repairOf, undoOf } from './makePlan.ts';
import { pickConnection } from './pickConnection.ts';
import { showPlan } from './planRepair.ts';
import { readAgain, type ReadTopology } from './readAgain.ts';

const undoButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('discard'), tooltip: 'Undo…' };

/** Lists the recorded runs of this user, shows the one that is picked, and undoes one by its button. */
export function showHistory(deps: CommandDeps): () => Promise<void> {
  return async () => {
    const items = await listRuns(deps);
    if (items.length === 0) {
      void vscode.window.showInformationMessage(`No repair has been recorded in ${deps.history().folder}.`);
      return;
    }
    const picked = await pickRun(items, 'Show which run?');
    if (picked?.item.run === undefined) return;
    if (picked.undo) await undo(deps, picked.item.run);
    else await deps.repairs.showRun(picked.item.run, picked.item.died);
  };
}

/** Shows what taking back a run would write, as any other plan. */
export function undoRun(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const items = await listRuns(deps);
    const given = items.find(({ id }) => id === target?.run);
    const undoable = items.filter((item) => item.undoable);
    if (given === undefined && undoable.length === 0) {
      void vscode.window.showInformationMessage('No recorded run has written anything that could be undone.');
      return;
    }
    const run = (given ?? (await pickRun(undoable, 'Undo which run?'))?.item)?.run;
    if (run !== undefined) await undo(deps, run);
  };
}

async function undo(deps: CommandDeps, run: RunRecord): Promise<void> {
  const read = await readTopologyOf(deps, run);
  if (read === undefined) return;
  const plan = undoOf(deps, read, run);
  if (typeof plan === 'string') void vscode.window.showWarningMessage(`This run cannot be undone. ${plan}`);
  else await showPlan(deps, plan);
}

/** Plans again what a run that was cut off was for, and has the tablets refreshed that it did not come to. */
async function finish(deps: CommandDeps, run: RunRecord): Promise<void> {
  const { purpose } = run.plan;
  if (purpose.kind === 'undo') {
    const undone = loadedValue(await deps.history().load(purpose.run));
    if (undone === undefined) void vscode.window.showWarningMessage(`The run ${purpose.run} cannot be read any more.`);
    else await undo(deps, undone);
    return;
  }
  const read = await readTopologyOf(deps, run);
  const refresh = unrefreshedWhenCutOff(run);
  if (read !== undefined) await showPlan(deps, repairOf(deps, read, { ...purpose.request, refresh }));
}

/** Reads the topology of a run again. One of the command line names no connection, and is asked for. */
async function readTopologyOf(deps: CommandDeps, run: RunRecord): Promise<ReadTopology | undefined> {
  const { connection, topology } = run;
  const session =
    connection === undefined
      ? await pickConnection(deps, {}, { placeholder: `Which connection is ${topology}?` })
      : deps.store.get(connection);
  if (session !== undefined) return readAgain(deps, { connection: session.connection.name }, '');
  if (connection !== undefined) {
    void vscode.window.showWarningMessage(`There is no connection ${connection} here: the run was on ${topology}.`);
  }
  return undefined;
}

async function listRuns({ history }: CommandDeps): Promise<RunItem[]> {
  const entries = await history().list();
  const clock = clockWords(() => Date.now(), vscode.env.language);
  const cutOff = new Map(cutOffRuns(entries).map((one) => [one.run.id, one]));
  return entries.map((entry) => runItem(entry, clock, cutOff));
}

/** The run that is picked, or whose Undo button is pressed. */
function pickRun(
  items: readonly RunItem[],
  placeholder: string,
): Promise<{ item: RunItem; undo: boolean } | undefined> {
  const pick = vscode.window.createQuickPick<RunItem & vscode.QuickPickItem>();
  pick.title = 'Repair History';
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items.map((item) => ({ ...item, buttons: item.undoable ? [undoButton] : [] }));
  return new Promise((resolve) => {
    const settle = (item: RunItem | undefined, undo: boolean): void => {
      resolve(item === undefined ? undefined : { item, undo });
      pick.dispose();
    };
    pick.onDidAccept(() => settle(pick.selectedItems[0], false));
    pick.onDidTriggerItemButton(({ item }) => settle(item, true));
    pick.onDidHide(() => settle(undefined, false));
    pick.show();
  });
}

const offeredKey = 'vitessTopo.offeredRuns';

/** Offers to finish or undo the newest run that was cut off, until somebody has answered. */
export async function offerCutOffRuns(deps: CommandDeps, memory: vscode.Memento): Promise<void> {
  const answered = memory.get<readonly string[]>(offeredKey, []);
  const left = cutOffRuns(await deps.history().list());
  const [died, ...others] = left.filter(({ run }) => !answered.includes(run.id));
  if (died === undefined) return;
  const { run, summary, words, unrefreshed } = died;
  const finishIt = 'Finish…';
  const undoIt = 'Undo…';
  const show = 'Show';
  const more = others.length === 0 ? '' : ` ${count(others.length, 'more is', 'more are')} in the history.`;
  const tablets =
    unrefreshed.length === 0
      ? ''
      : ` Tablets of ${listWords(
          unrefreshed.map(({ keyspace, shard }) => `${keyspace}/${shard}`),
          4,
        )} may not know yet what was written: finishing it refreshes them.`;
  const where = run.connection ?? run.topology;
  const choice = await vscode.window.showWarningMessage(
    `${where}: ${summary}${tablets}${more}`,
    finishIt,
    undoIt,
    show,
  );
  await memory.update(
    offeredKey,
    left.map(({ run: { id } }) => id),
  );
  if (choice === undefined) return;
  await attempt(deps.log, choice, async () => {
    if (choice === show) await deps.repairs.showRun(run, words);
    else if (choice === undoIt) await undo(deps, run);
    else await finish(deps, run);
  });
}
