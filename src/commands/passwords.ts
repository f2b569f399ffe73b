import * as vscode from 'vscode';
import type { EtcdSettings } from '../host/connectionSettings.ts';
import type { PasswordOf } from '../host/secrets.ts';
import { defaultTablets } from '../host/tabletSettings.ts';
import { vtctldOf } from '../host/vtctldSettings.ts';
import { needsVtctldPassword, type Passwords } from '../host/workerRequest.ts';
import type { CommandDeps } from './commandDeps.ts';

/** The stored password of the etcd user or of vtctld's, asking for one that is not stored; undefined when nobody gives it. */
export async function ensurePassword(
  { secrets }: CommandDeps,
  settings: EtcdSettings,
  of: PasswordOf = 'etcd',
): Promise<string | undefined> {
  const stored = await secrets.get(settings, of);
  if (stored !== undefined) return stored;
  const vtctld = vtctldOf(settings);
  const [user, where] =
    of === 'etcd' ? [settings.user, settings.endpoints.join(', ')] : [vtctld?.user, `vtctld ${vtctld?.address ?? ''}`];
  const password = await vscode.window.showInputBox({
    title: `Connect to ${settings.name}`,
    prompt: `Password of ${user ?? ''} at ${where}. It is kept in the editor’s secret storage only.`,
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) return undefined;
  await secrets.set(settings, password, { keep: vscode.workspace.isTrusted, of });
  return password;
}

/** Every password that carrying out a plan needs; undefined when one is not given. */
export async function allPasswords(deps: CommandDeps, settings: EtcdSettings): Promise<Passwords | undefined> {
  const etcd = settings.user === undefined ? '' : await ensurePassword(deps, settings);
  if (etcd === undefined) return undefined;
  const needed = needsVtctldPassword(settings.tablets ?? defaultTablets);
  const vtctld = needed ? await ensurePassword(deps, settings, 'vtctld') : '';
  return vtctld === undefined ? undefined : { etcd, vtctld };
}
