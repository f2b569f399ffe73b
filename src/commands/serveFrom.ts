import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { moveTitle } from '../model/move.ts';
import { serveFromWarning } from '../repair/serveFromWarnings.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickMove } from './diagnose.ts';
import { repairOf } from './makePlan.ts';
import { showPlan } from './planRepair.ts';
import { readAgain } from './readAgain.ts';

/** Plans to turn the rules and denied tables of a move to one of its keyspaces, which is asked for. */
export function serveFrom(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickMove(deps, target, 'Serve the tables of which move from one keyspace?');
    if (picked === undefined) return;
    const read = await readAgain(deps, { connection: picked.connection }, '');
    if (read === undefined) return;
    const { snapshot, moves } = read.topology.diagnosed;
    const move = moves.find(({ id }) => id === picked.value);
    if (move === undefined) {
      void vscode.window.showInformationMessage(`${read.connection} no longer has the move ${picked.value}.`);
      return;
    }
    const items = [move.source, move.target].map((keyspace) => ({
      label: keyspace,
      description: keyspace === move.source ? 'the source' : 'the target',
      detail: `$(warning) ${serveFromWarning(snapshot, move, keyspace)}`,
      keyspace,
    }));
    const choice = await vscode.window.showQuickPick(items, {
      title: `Serve ${moveTitle(move)} From…`,
      placeHolder: 'Which keyspace has the rows that count?',
    });
    if (choice === undefined) return;
    const scope = { kind: 'move', move: move.id } as const;
    const direction = { kind: 'serve-from', keyspace: choice.keyspace } as const;
    await showPlan(deps, repairOf(deps, read, { scope, direction, followReads: false }));
  };
}
