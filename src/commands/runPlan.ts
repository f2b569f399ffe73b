import * as vscode from 'vscode';
import { planCommands } from '../host/planCommands.ts';
import { confirmationText } from '../host/planText.ts';
import type { ShownPlan } from '../host/repairDocuments.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { Plan } from '../model/plan.ts';
import { listWords } from '../model/words.ts';
import { carryOut } from './carryOut.ts';
import type { CommandDeps } from './commandDeps.ts';
import { allPasswords } from './passwords.ts';
import { askForWrites } from './writeAccess.ts';

/** Carries out a shown plan: after the permission to write this connection, and a confirmation that names what changes. */
export async function runPlan(deps: CommandDeps, shown: ShownPlan, forced: readonly string[] = []): Promise<void> {
  const { connection, subject, result } = shown;
  const { plan } = result;
  const settings = deps.store.settingsOf(connection);
  if (plan === undefined || settings === undefined) return;
  if (settings.kind === 'snapshot') {
    await refuseSnapshot(shown);
    return;
  }
  if (!isTrustedFor(subject.title)) return;
  if (!(await askForWrites(deps, connection))) return;
  if (!(await confirm(shown, plan, forced))) return;
  const passwords = await allPasswords(deps, settings);
  if (passwords === undefined) return;
  const again = await carryOut(deps, { shown, plan, settings, passwords, forced });
  if (again !== undefined) await runForced(deps, shown, again);
}

async function confirm({ subject, connection }: ShownPlan, plan: Plan, forced: readonly string[]): Promise<boolean> {
  const { question, action } = words(plan, connection);
  const force =
    forced.length === 0
      ? []
      : [`FORCED: a primary of ${listWords(forced)} that does not confirm what it denies does not stop this.`];
  const detail = [...force, confirmationText(plan, subject)].join('\n\n');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}

function words(plan: Plan, connection: string): { question: string; action: string } {
  if (plan.purpose.kind === 'undo') return { question: `Undo the run on ${connection}?`, action: 'Undo' };
  if (plan.steps.every(({ kind }) => kind === 'release-locks')) {
    return { question: `Release the lock on ${connection}?`, action: 'Release' };
  }
  if (plan.steps.every(({ kind }) => kind === 'refresh')) {
    return { question: `Refresh tablets of ${connection}?`, action: 'Refresh' };
  }
  return { question: `Repair ${connection}?`, action: 'Repair' };
}

async function refuseSnapshot({ connection, result, diagnosed }: ShownPlan): Promise<void> {
  const copy = 'Copy vtctldclient Commands';
  const commands = planCommands(result, diagnosed);
  const message = `${connection} is a snapshot: a folder of copied records. Repairing it would change nothing in the cluster.`;
  const detail = 'Connect to the cluster’s etcd to carry this plan out, or run the vtctldclient commands by hand.';
  const buttons = commands === undefined ? [] : [copy];
  const choice = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  if (choice === copy && commands !== undefined) await vscode.env.clipboard.writeText(commands);
}

/** Asks for each keyspace by name before a run goes on without its primaries. */
async function runForced(deps: CommandDeps, shown: ShownPlan, keyspaces: readonly string[]): Promise<void> {
  for (const keyspace of keyspaces) {
    const prompt =
      `A primary of ${keyspace} did not confirm that it denies. It may go on taking writes while the other side opens, ` +
      `and rows may then be written on both sides. Type ${keyspace} to go on all the same.`;
    const typed = await vscode.window.showInputBox({
      title: `Force ${shown.subject.title}`,
      prompt,
      ignoreFocusOut: true,
      // It takes the place of the prompt, which must stay readable.
      validateInput: (text) => (text === '' || text === keyspace ? undefined : `This is not ${keyspace}. ${prompt}`),
    });
    if (typed !== keyspace) return;
  }
  // Taking back what was denied has written the records: the plan must be made again.
  const plan = await shown.again();
  if (plan === undefined) return;
  await deps.repairs.showPlan(plan);
  if (plan.result.plan === undefined) {
    void vscode.window.showInformationMessage(`Nothing of ${plan.connection} is left to force.`);
    return;
  }
  await runPlan(deps, plan, keyspaces);
}
