import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../contributions/ids.ts';
import type { CommandSignatures } from '../contributions/commandSignatures.ts';
import { askFolder } from '../host/askFolder.ts';
import { withProgress } from '../host/progress.ts';
import { isTrustedFor } from '../host/trust.ts';
import { exportSnapshot as writeSnapshot } from '../topology/exportSnapshot.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickTopology } from './pickConnection.ts';

/** Writes what was last read to a new folder, for a ticket or a post-mortem. */
export function exportSnapshot(deps: CommandDeps): CommandSignatures[typeof commandIds.exportSnapshot] {
  return async (target, given) => {
    if (!isTrustedFor('Exporting a snapshot')) return;
    const picked = await pickTopology(deps, target, 'Export which topology?');
    if (picked === undefined) return;
    const { name } = picked.session.connection;
    // A menu hands over the selected rows here.
    const parent =
      given instanceof vscode.Uri ? given : await askFolder(`Export ${name} into a New Folder in…`, 'Export Here');
    if (parent === undefined) return;
    const { data, loadedAt } = picked.topology;
    const folder = path.join(parent.fsPath, folderName(name, loadedAt));
    await withProgress(`Exporting ${name}`, (signal) => writeSnapshot(data, folder, signal));
    deps.log.info(`${name}: exported to ${folder}`);
    const stale =
      picked.session.state.status === 'failed' ? ' The last refresh failed: it is what was read before.' : '';
    const open = 'Open the Snapshot';
    void vscode.window.showInformationMessage(`Exported ${name} to ${folder}.${stale}`, open).then((choice) => {
      if (choice === open) void vscode.commands.executeCommand(commandIds.openSnapshot, vscode.Uri.file(folder));
    });
  };
}

/** `production 2026-11-24T02.05.00Z`: sorts by time, and every file system takes it. */
function folderName(connection: string, milliseconds: number): string {
  const moment = new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '.');
  return `${connection.replace(/[<>:"|*]/g, '_')} ${moment}`;
}
