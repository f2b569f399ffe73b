import * as vscode from 'vscode';
import type { commandIds } from '../contributions/ids.ts';
import type { CommandSignatures, TargetCommand } from '../contributions/commandSignatures.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import type { ReportScope } from '../host/report.ts';
import { timelineJson, timelineText } from '../host/timelineText.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickTopology } from './pickConnection.ts';
import { writeWhole } from './writeWhole.ts';

/** Shows what was written since a connection was first read: all of it, or what concerns a keyspace or a move. */
export function openTimeline(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickTopology(deps, target, 'Show the timeline of which connection?');
    if (picked !== undefined) await deps.timelines.show(picked.session.connection.name, scopeOf(target));
  };
}

/** Writes a timeline to a file, as JSON or as Markdown by the file's name. */
export function exportTimeline(deps: CommandDeps): CommandSignatures[typeof commandIds.exportTimeline] {
  return async (target, given) => {
    if (!isTrustedFor('Exporting a timeline')) return;
    const picked = await pickTopology(deps, target, 'Export the timeline of which connection?');
    if (picked === undefined) return;
    const { name } = picked.session.connection;
    const file = given instanceof vscode.Uri ? given : await askFile(name);
    // What was written while the file was chosen is part of it.
    const session = deps.store.get(name);
    if (file === undefined || session === undefined) return;
    const scope = scopeOf(target);
    const text = file.path.endsWith('.json') ? timelineJson(session, scope) : timelineText(session, scope);
    await writeWhole(file, new TextEncoder().encode(text));
    void vscode.window.showInformationMessage(`Exported the timeline of ${name} to ${file.fsPath}.`);
  };
}

function scopeOf({ keyspace, move }: TopologyTarget = {}): ReportScope {
  if (move !== undefined) return { move };
  return keyspace === undefined ? {} : { keyspace };
}

async function askFile(connection: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `timeline of ${connection.replace(/[^\w.-]+/g, '_')}.md`;
  return vscode.window.showSaveDialog({
    title: `Export the Timeline of ${connection}`,
    filters: { Markdown: ['md'], JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}
