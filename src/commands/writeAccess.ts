import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickConnection } from './pickConnection.ts';

/** Allows a connection's topology to be changed, after asking. */
export function allowWrites(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, {
      placeholder: 'Allow writes to which topology?',
      accepts: ({ connection: { name } }) => deps.access.of(name) === 'readonly',
    });
    if (session !== undefined) await askForWrites(deps, session.connection.name);
  };
}

/** Makes a connection read-only again. */
export function makeReadOnly(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, {
      placeholder: 'Make which connection read-only?',
      accepts: ({ connection: { name } }) => deps.access.of(name) === 'writable',
    });
    if (session !== undefined) await deps.access.withdraw(session.connection.name);
  };
}

/** True when the connection may be written, asking for it when it may not yet. */
export async function askForWrites(deps: CommandDeps, name: string): Promise<boolean> {
  if (!isTrustedFor(`Writing to ${name}`)) return false;
  if (deps.access.of(name) === 'writable') return true;
  if (deps.access.of(name) === undefined) return false;
  const allow = `Allow Writes to ${name}`;
  const detail =
    `${deps.store.get(name)?.connection.detail ?? ''}\n\n` +
    'It is read-only until you allow writes. Each repair still shows its plan and asks before it writes. "Vitess: Make Read-Only" takes this back.';
  const choice = await vscode.window.showWarningMessage(`Allow writes to ${name}?`, { modal: true, detail }, allow);
  if (choice !== allow) return false;
  await deps.access.allow(name);
  return true;
}
