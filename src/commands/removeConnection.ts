import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { deleteConnection } from '../host/settings.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickConnection } from './pickConnection.ts';

/** Removes a connection and its password, after asking. */
export function removeConnection(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, { placeholder: 'Remove which connection?' });
    if (session === undefined) return;
    const { name, detail } = session.connection;
    if (deps.store.originOf(name) === 'window') {
      deps.store.removeFromWindow(name);
      return;
    }
    if (!isTrustedFor(`Removing ${name}`)) return;
    const remove = 'Remove';
    const choice = await vscode.window.showWarningMessage(
      `Remove the connection ${name}?`,
      { modal: true, detail: `${detail}\n\nIts stored password is deleted too. The topology itself is not touched.` },
      remove,
    );
    if (choice !== remove) return;
    if (!(await deleteConnection(name)))
      throw new Error(`${name} is in none of the settings that can be changed here.`);
    await deps.secrets.delete(name);
    await deps.access.withdraw(name);
    deps.reloadConnections();
  };
}
