import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { repairRequest, repairScope } from '../host/repairWords.ts';
import type { Finding } from '../model/finding.ts';
import { recordName } from '../model/record.ts';
import type { CommandDeps } from './commandDeps.ts';
import { repairOf } from './makePlan.ts';
import { readAgain } from './readAgain.ts';
import { runPlan } from './runPlan.ts';

/** Takes an abandoned lock away, after a confirmation that names its holder and why it counts as abandoned. */
export function releaseLock(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const read = await readAgain(deps, target, 'Release a lock of which topology?');
    if (read === undefined) return;
    const abandoned = read.topology.diagnosed.findings.filter(({ code }) => code === 'abandoned-lock');
    const record = target?.record ?? target?.finding?.places[0].record;
    // Judged anew: its holder may have come back, or be gone with the lock.
    const finding =
      record === undefined
        ? await pickLock(read.connection, abandoned)
        : abandoned.find(({ places }) => recordName(places[0].record) === recordName(record));
    if (finding !== undefined) await runPlan(deps, repairOf(deps, read, repairRequest(repairScope({ finding }))));
    else if (record !== undefined || abandoned.length === 0) {
      void vscode.window.showInformationMessage(`${read.connection} has no such abandoned lock now.`);
    }
  };
}

async function pickLock(connection: string, abandoned: readonly Finding[]): Promise<Finding | undefined> {
  if (abandoned.length === 0) return undefined;
  const items = abandoned.map((finding) => ({ label: findingTitle(finding), detail: finding.message, finding }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Release Lock of ${connection}`,
    placeHolder: 'Which lock has its holder left?',
    matchOnDetail: true,
  });
  return picked?.finding;
}
