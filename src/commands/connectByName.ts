import * as vscode from 'vscode';
import type { EtcdSettings } from '../host/connectionSettings.ts';
import { withProgress } from '../host/progress.ts';
import type { SessionState } from '../host/session.ts';
import type { CommandDeps } from './commandDeps.ts';

/** Connects by name, asking for the password of a user that has none stored. */
export async function connectByName(deps: CommandDeps, name: string): Promise<void> {
  const settings = deps.store.settingsOf(name);
  if (settings === undefined) return;
  if (settings.kind === 'etcd' && settings.user !== undefined && !(await ensurePassword(deps, settings))) return;
  const state = await withProgress(`Connecting to ${name}`, (signal) => deps.store.connect(name, signal));
  showFailedState(deps, name, state);
}

/** Shows why a read failed, with the next step at hand. Returns at once. */
export function showFailedState(deps: CommandDeps, name: string, state: SessionState | undefined): void {
  if (state?.status !== 'failed') return;
  const { failure } = state;
  const settings = deps.store.settingsOf(name);
  const retry = 'Retry';
  const enter = 'Enter Password…';
  const showLog = 'Show Log';
  const asksPassword =
    settings?.kind === 'etcd' && settings.user !== undefined && failure.code === 'unauthenticated' ? [enter] : [];
  void vscode.window
    .showErrorMessage(`${name} could not be read: ${failure.message}`, retry, ...asksPassword, showLog)
    .then(async (choice) => {
      if (choice === showLog) deps.log.show();
      if (choice === enter) await deps.secrets.delete(name);
      if (choice === enter || choice === retry) await connectByName(deps, name);
    });
}

async function ensurePassword({ secrets }: CommandDeps, settings: EtcdSettings): Promise<boolean> {
  if ((await secrets.get(settings)) !== undefined) return true;
  const password = await vscode.window.showInputBox({
    title: `Connect to ${settings.name}`,
    prompt: `Password of ${settings.user ?? ''} at ${settings.endpoints.join(', ')}. It is kept in the editor’s secret storage only.`,
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) return false;
  await secrets.set(settings, password, { keep: vscode.workspace.isTrusted });
  return true;
}
