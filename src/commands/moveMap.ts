import * as vscode from 'vscode';
import type { commandIds } from '../contributions/ids.ts';
import type { CommandSignatures, TargetCommand } from '../contributions/commandSignatures.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickMove } from './diagnose.ts';
import { writeWhole } from './writeWhole.ts';

/** Shows a move as a map. */
export function showMap(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickMove(deps, moveOf(target), 'Show the map of which move?');
    if (picked !== undefined) deps.maps.show({ connection: picked.connection, move: picked.value });
  };
}

/** A finding leads to the move that it is about. */
function moveOf(target: TopologyTarget | undefined): TopologyTarget | undefined {
  const move = target?.move ?? target?.finding?.move;
  return move === undefined ? target : { ...target, move };
}

/** Writes the map in front to an SVG file. */
export function exportMap(deps: CommandDeps): CommandSignatures[typeof commandIds.exportMap] {
  return async (given) => {
    if (!isTrustedFor('Exporting a map')) return;
    const shown = deps.maps.inFront;
    const text = shown?.svg();
    if (shown === undefined || text === undefined) {
      void vscode.window.showInformationMessage('No map is shown here: run "Vitess: Show Map of Move" first.');
      return;
    }
    const { move } = shown.subject;
    // The title bar hands over what it stands above.
    const file = given instanceof vscode.Uri && given.path.endsWith('.svg') ? given : await askFile(move);
    if (file === undefined) return;
    await writeWhole(file, new TextEncoder().encode(text));
    const open = 'Open';
    void vscode.window.showInformationMessage(`Exported the map of ${move} to ${file.fsPath}.`, open).then((choice) => {
      if (choice === open) void vscode.commands.executeCommand('vscode.open', file);
    });
  };
}

async function askFile(move: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `map of ${move.replace(/[^\w.-]+/g, '_')}.svg`;
  return vscode.window.showSaveDialog({
    title: `Export the Map of ${move}`,
    filters: { SVG: ['svg'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}
