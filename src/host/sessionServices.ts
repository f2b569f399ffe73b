import * as vscode from 'vscode';
import type { Topology } from '../topology/topology.ts';
import { ConfiguredConnections } from './configuredConnections.ts';
import { connectionMemory } from './connectionMemory.ts';
import { settingIds } from '../contributions/ids.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import { openTopology } from './openTopology.ts';
import { ConnectionSecrets } from './secrets.ts';
import type { Session } from './session.ts';
import { SessionStore } from './sessionStore.ts';
import { onSettingChange, readSettings } from './settings.ts';

/** The connections with what was read through them, and what opens them. */
export interface SessionServices {
  readonly store: SessionStore;
  readonly secrets: ConnectionSecrets;
  /** Opens a topology with this password, or the stored one, outside the store: to try a connection before it is saved. */
  readonly openTopology: (connection: ConnectionSettings, password?: string) => Promise<Topology>;
  /** Reads the connections of the settings again. */
  readonly reloadConnections: () => void;
}

/** Makes them; they are disposed of with the extension, and open no connection by themselves. */
export function sessionServices(
  { subscriptions, secrets, workspaceState }: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): SessionServices {
  const passwords = new ConnectionSecrets(secrets);
  const open = async (settings: ConnectionSettings, password?: string): Promise<Topology> =>
    settings.kind === 'etcd'
      ? openTopology(settings, password ?? (await passwords.get(settings)), await passwords.get(settings, 'vtctld'))
      : openTopology(settings, undefined);
  const store = new SessionStore({
    open,
    timeoutMs: () => readSettings().timeoutMs,
    live: () => readSettings().liveEnabled,
    now: () => Date.now(),
    changes: new vscode.EventEmitter<Session | undefined>(),
    memory: connectionMemory(workspaceState),
    log,
  });
  const connections = new ConfiguredConnections(store, log);
  subscriptions.push(
    store,
    connections,
    onSettingChange([settingIds.live], () => store.updateLive()),
  );
  return { store, secrets: passwords, openTopology: open, reloadConnections: () => connections.reload() };
}
