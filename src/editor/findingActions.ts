import * as vscode from 'vscode';
import { commandIds, diagnosticSource, topoScheme } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { repairTitle } from '../host/repairWords.ts';
import { shownTopology, type Sessions } from '../host/session.ts';
import { parseTopoUri } from '../host/topoUri.ts';
import { recordName } from '../model/record.ts';

const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

/** Offers what can be done about a Problem of a live record: repair it, copy the commands that do it by hand, read about it. */
export function registerFindingActions(sessions: Sessions): vscode.Disposable {
  const provideCodeActions = (
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] => diagnostics.flatMap((diagnostic) => actionsFor(sessions, document.uri, diagnostic));
  return vscode.languages.registerCodeActionsProvider({ scheme: topoScheme }, { provideCodeActions }, kinds);
}

function actionsFor(sessions: Sessions, uri: vscode.Uri, diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
  const named = parseTopoUri(uri);
  const session = named === undefined ? undefined : sessions.get(named.connection);
  const topology = session === undefined ? undefined : shownTopology(session.state);
  if (diagnostic.source !== diagnosticSource || named === undefined || topology === undefined) return [];
  const record = recordName(named.record);
  const finding = topology.diagnosed.findings.find(
    ({ places, message }) =>
      diagnostic.message.endsWith(message) && places.some((place) => recordName(place.record) === record),
  );
  if (finding === undefined) return [];
  const target: TopologyTarget = { connection: named.connection, finding };
  const repair = finding.fixable ? [action(repairTitle(finding), commandIds.planRepair, target, diagnostic)] : [];
  return [
    ...repair,
    ...(finding.move === undefined ? [] : [action('Show Map of Move', commandIds.showMap, target, diagnostic)]),
    action(`Copy vtctldclient Commands for ${finding.code}`, commandIds.copyCommands, target, diagnostic),
    action(`Explain ${finding.code}`, commandIds.openFindingHelp, target, diagnostic),
  ];
}

function action(
  title: string,
  command: string,
  target: TopologyTarget,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.command = { title, command, arguments: [target] };
  made.diagnostics = [diagnostic];
  return made;
}
