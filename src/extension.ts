/**
 * Puts the extension together. Nothing here reads a topology: that starts when
 * somebody looks.
 *
 * The editor activates it for its view and its commands, for a map that was open
 * when the window closed, and for a folder with files that are named like
 * vtctldclient's output, whose lenses would be missed otherwise.
 * `onLanguage:json` would start it in nearly every window: a dump of another name
 * gets its lenses as soon as the view or a command is used.
 */
import * as vscode from 'vscode';
import type { CommandDeps } from './commands/commandDeps.ts';
import { offerCutOffRuns } from './commands/history.ts';
import { registerAllCommands } from './commands/registerAllCommands.ts';
import { registerEditor } from './editor/register.ts';
import { attempt } from './host/commandRegistry.ts';
import { findingHelpUri } from './host/findingHelpUri.ts';
import { repairServices } from './host/repairServices.ts';
import { diagnosisReports, ReportDocuments, timelineReports } from './host/reportDocuments.ts';
import type { Sessions } from './host/session.ts';
import { sessionServices } from './host/sessionServices.ts';
import { StatusBar } from './host/statusBar.ts';
import { MapPanels } from './panel/mapPanels.ts';
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
  const { subscriptions, extensionUri } = context;
  const log = vscode.window.createOutputChannel('Vitess Topo', { log: true });
  subscriptions.push(log);
  const connections = sessionServices(context, log);
  const { store } = connections;
  const services = repairServices(context, store);
  const tree = new TopologyTree(store, services.access);
  const reports = new ReportDocuments(store, diagnosisReports);
  const timelines = new ReportDocuments(store, timelineReports);
  const maps = new MapPanels(store, extensionUri);
  const deps: CommandDeps = {
    ...connections,
    ...services,
    reports,
    timelines,
    maps,
    log,
    extensionUri,
    revealInTree: (target) => tree.reveal(target),
  };
  const editor = registerEditor({ sessions: store, helpUri: findingHelpUri, log });
  subscriptions.push(reports, timelines, maps, tree, new StatusBar(store), registerAllCommands(deps), editor);
  subscriptions.push(connectWhenShown(tree, store));
  void attempt(log, 'history', () => offerCutOffRuns(deps, context.globalState));
  return { sessions: store, tree };
}
