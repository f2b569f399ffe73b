/**
 * Puts the extension together. Nothing here reads a topology: that starts when
 * somebody looks.
 *
 * The editor activates it for its view and its commands, and for a folder with
 * files that are named like vtctldclient's output, whose lenses would be missed
 * otherwise. `onLanguage:json` would start it in nearly every window: a dump of
 * another name gets its lenses as soon as the view or a command is used.
 */
import * as vscode from 'vscode';
import type { CommandDeps } from './commands/commandDeps.ts';
import { offerCutOffRuns } from './commands/history.ts';
import { registerAllCommands } from './commands/registerAllCommands.ts';
import { commandIds } from './contributions/ids.ts';
import { registerEditor } from './editor/register.ts';
import { attempt } from './host/commandRegistry.ts';
import { ConfiguredConnections } from './host/configuredConnections.ts';
import { connectionMemory } from './host/connectionMemory.ts';
import type { ConnectionSettings } from './host/connectionSettings.ts';
import { openTopology } from './host/openTopology.ts';
import { repairServices } from './host/repairServices.ts';
import { ReportDocuments } from './host/reportDocuments.ts';
import { ConnectionSecrets } from './host/secrets.ts';
import type { Session, Sessions } from './host/session.ts';
import { SessionStore } from './host/sessionStore.ts';
import { readSettings } from './host/settings.ts';
import { StatusBar } from './host/statusBar.ts';
import type { FindingCode } from './model/finding.ts';
import type { Topology } from './topology/topology.ts';
import { connectWhenShown } from './tree/connectWhenShown.ts';
import { TopologyTree } from './tree/topologyTree.ts';

/** What other extensions may use. */
export interface VitessTopoApi {
  /** The connections and what was read through them. */
  readonly sessions: Sessions;
  /** The rows of the view. */
  readonly tree: Pick<TopologyTree, 'getChildren' | 'getTreeItem'>;
}

/** Registers everything; connections are opened when the view is shown or a command needs one. */
export function activate(context: vscode.ExtensionContext): VitessTopoApi {
  const { subscriptions, secrets, workspaceState, extensionUri } = context;
  const log = vscode.window.createOutputChannel('Vitess Topo', { log: true });
  const passwords = new ConnectionSecrets(secrets);
  const open = async (settings: ConnectionSettings, password?: string): Promise<Topology> =>
    openTopology(settings, password ?? (settings.kind === 'etcd' ? await passwords.get(settings) : undefined));
  const store = new SessionStore({
    open,
    timeoutMs: () => readSettings().timeoutMs,
    now: () => Date.now(),
    changes: new vscode.EventEmitter<Session | undefined>(),
    memory: connectionMemory(workspaceState),
    log,
  });
  const connections = new ConfiguredConnections(store, log);
  const services = repairServices(context, store);
  const tree = new TopologyTree(store, services.access);
  const reports = new ReportDocuments(store);
  const deps: CommandDeps = {
    ...services,
    store,
    secrets: passwords,
    reports,
    log,
    extensionUri,
    openTopology: open,
    reloadConnections: () => connections.reload(),
    revealInTree: (target) => tree.reveal(target),
  };
  const editor = registerEditor({ sessions: store, helpUri, log });
  subscriptions.push(log, store, connections, reports, tree, new StatusBar(store), registerAllCommands(deps), editor);
  subscriptions.push(connectWhenShown(tree, store));
  void attempt(log, 'history', () => offerCutOffRuns(deps, context.globalState));
  return { sessions: store, tree };
}

/** The address that explains a finding: a command, because the pages come with the extension. */
function helpUri(code: FindingCode): vscode.Uri {
  return vscode.Uri.parse(`command:${commandIds.openFindingHelp}?${encodeURIComponent(JSON.stringify([{ code }]))}`);
}
