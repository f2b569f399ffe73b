import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { attempt } from '../host/commandRegistry.ts';
import { planCommands } from '../host/planCommands.ts';
import type { ShownPlan } from '../host/repairDocuments.ts';
import { repairRequest, repairScope } from '../host/repairWords.ts';
import { recordTotals, type Plan } from '../model/plan.ts';
import { count } from '../model/words.ts';
import type { CommandDeps } from './commandDeps.ts';
import { repairOf } from './makePlan.ts';
import { readAgain } from './readAgain.ts';
import { runPlan } from './runPlan.ts';

/** Reads the topology again and shows what a repair of the target would write. */
export function planRepairCommand(deps: CommandDeps): TargetCommand {
  return async (target = {}) => {
    const read = await readAgain(deps, target, 'Repair which topology?');
    if (read !== undefined) await showPlan(deps, repairOf(deps, read, repairRequest(repairScope(target))));
  };
}

/** Shows a plan, and offers to carry it out or to do it by hand. Returns when it is shown. */
export async function showPlan(deps: CommandDeps, shown: ShownPlan): Promise<void> {
  const { subject, result, connection } = shown;
  const { plan, refusals } = result;
  if (plan === undefined && refusals.length === 0) {
    void vscode.window.showInformationMessage(`Nothing of ${connection} needs this repair.`);
    return;
  }
  await deps.repairs.showPlan(shown);
  const run = plan?.purpose.kind === 'undo' ? 'Undo…' : 'Repair…';
  const copy = 'Copy vtctldclient Commands';
  const commands = planCommands(result, shown.diagnosed);
  const left = refusals.length === 0 ? '' : ` ${count(refusals.length, 'finding is', 'findings are')} not part of it.`;
  const words =
    plan === undefined
      ? `Nothing can be repaired: ${refusals[0]?.reason ?? ''}`
      : `${subject.title}: ${size(plan)}.${left}`;
  const buttons = [...(plan === undefined ? [] : [run]), ...(commands === undefined ? [] : [copy])];
  void vscode.window.showInformationMessage(words, ...buttons).then(async (choice) => {
    if (choice === run) await attempt(deps.log, run, () => runShown(deps, shown));
    if (choice === copy && commands !== undefined) await vscode.env.clipboard.writeText(commands);
  });
}

/** Carries out a plan that was offered. The offer stays in the notifications when the plan is over: it is made again then. */
async function runShown(deps: CommandDeps, shown: ShownPlan): Promise<void> {
  if (deps.repairs.isCurrent(shown)) return runPlan(deps, shown);
  const again = await shown.again();
  if (again !== undefined) await showPlan(deps, again);
}

/** Carries out the plan that the editor in front shows. */
export function runRepair(deps: CommandDeps): () => Promise<void> {
  return async () => {
    const shown = deps.repairs.planInFront;
    if (shown !== undefined) await runPlan(deps, shown);
    else void vscode.window.showInformationMessage('No plan is shown here: run "Vitess: Repair…" first.');
  };
}

/** `4 records in 4 steps`. */
function size(plan: Plan): string {
  const records = recordTotals(plan).length;
  const steps = count(plan.steps.length, 'step');
  return records === 0 ? steps : `${count(records, 'record')} in ${steps}`;
}
