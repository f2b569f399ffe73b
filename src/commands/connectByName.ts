import * as vscode from 'vscode';
import { withProgress } from '../host/progress.ts';
import type { SessionState } from '../host/session.ts';
import { vtctldOf } from '../host/vtctldSettings.ts';
import type { CommandDeps } from './commandDeps.ts';
import { ensurePassword } from './passwords.ts';

/** Connects by name, asking for the password of a user that has none stored. */
export async function connectByName(deps: CommandDeps, name: string): Promise<void> {
  const settings = deps.store.settingsOf(name);
  if (settings === undefined) return;
  if (settings.kind === 'etcd' && settings.user !== undefined) {
    if ((await ensurePassword(deps, settings)) === undefined) return;
  }
  // Without it the topology is shown all the same, and says that its workflows are not checked.
  if (settings.kind === 'etcd' && vtctldOf(settings)?.user !== undefined) {
    await ensurePassword(deps, settings, 'vtctld');
  }
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
      if (choice === enter) await deps.secrets.delete(name, ['etcd']);
      if (choice === enter || choice === retry) await connectByName(deps, name);
    });
}
