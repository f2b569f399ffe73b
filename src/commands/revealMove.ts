import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickMove } from './diagnose.ts';

/** Shows a move in the tree. */
export function revealMove(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickMove(deps, target, 'Show which move?');
    if (picked === undefined) return;
    if (await deps.revealInTree({ connection: picked.connection, move: picked.value })) return;
    void vscode.window.showInformationMessage(`${picked.connection} no longer has the move ${picked.value}.`);
  };
}
