import * as vscode from 'vscode';
import { commandIds } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { withProgress } from '../host/progress.ts';
import { shownTopology, type LoadedTopology, type Session } from '../host/session.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';

/** Which connections a command can act on, and what it asks when there is a choice. */
export interface ConnectionQuestion {
  readonly placeholder: string;
  readonly accepts?: (session: Session) => boolean;
}

/** The target's connection; the active one when `orActive`; else the only one or the one that is picked. Undefined when nobody picks. */
export async function pickConnection(
  { store }: CommandDeps,
  target: TopologyTarget | undefined,
  { placeholder, accepts = () => true, orActive = false }: ConnectionQuestion & { readonly orActive?: boolean },
): Promise<Session | undefined> {
  const given = target?.connection === undefined ? undefined : store.get(target.connection);
  if (given !== undefined) return given;
  const { active } = store;
  if (orActive && active !== undefined && accepts(active)) return active;
  const sessions = store.all.filter(accepts);
  if (sessions.length === 0) {
    await offerConnections(store.all.length === 0);
    return undefined;
  }
  const items = sessions.map((session) => ({
    label: session.connection.name,
    description: session.connection.detail,
    session,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder, matchOnDescription: true }))?.session;
}

/** A connection with what it last read, connecting first when it is not; undefined when nobody picks or nothing can be read. */
export async function pickTopology(
  deps: CommandDeps,
  target: TopologyTarget | undefined,
  placeholder: string,
): Promise<{ session: Session; topology: LoadedTopology } | undefined> {
  const picked = await pickConnection(deps, target, { placeholder, orActive: true });
  if (picked === undefined) return undefined;
  const { name } = picked.connection;
  if (picked.state.status === 'disconnected') await connectByName(deps, name);
  else if (picked.state.status === 'loading') {
    await withProgress(`Reading ${name}`, (signal) => deps.store.refresh(name, signal));
  }
  const session = deps.store.get(name);
  const topology = session === undefined ? undefined : shownTopology(session.state);
  return session === undefined || topology === undefined ? undefined : { session, topology };
}

async function offerConnections(none: boolean): Promise<void> {
  if (!none) {
    void vscode.window.showInformationMessage('No connection that this command could act on.');
    return;
  }
  const add = 'Add Connection…';
  const sample = 'Open the Sample';
  const choice = await vscode.window.showInformationMessage('There is no connection to a topology yet.', add, sample);
  if (choice === add) await vscode.commands.executeCommand(commandIds.addConnection);
  if (choice === sample) await vscode.commands.executeCommand(commandIds.openSample);
}
