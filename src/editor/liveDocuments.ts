import * as vscode from 'vscode';
import { topoScheme } from '../contributions/ids.ts';
import { DisposableOwner } from '../host/disposables.ts';
import { liveText } from '../host/liveText.ts';
import type { Session, Sessions } from '../host/session.ts';
import { parseTopoUri } from '../host/topoUri.ts';

/** Provides the read-only documents of live records and keeps open ones up to date. */
export class LiveDocuments extends DisposableOwner implements vscode.TextDocumentContentProvider {
  private readonly sessions: Sessions;
  private readonly changes = this.own(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changes.event;

  constructor(sessions: Sessions) {
    super();
    this.sessions = sessions;
    this.own(vscode.workspace.registerTextDocumentContentProvider(topoScheme, this));
    this.own(sessions.onDidChange((session) => this.update(session)));
    this.own(vscode.workspace.onDidOpenTextDocument((document) => void allowComments(document)));
    for (const document of vscode.workspace.textDocuments) void allowComments(document);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const named = parseTopoUri(uri);
    if (named === undefined) return '// This is not the name of a record.\n';
    return liveText(this.sessions.get(named.connection), named.connection, named.record).text;
  }

  private update(session: Session | undefined): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const named = parseTopoUri(uri);
      if (named === undefined) continue;
      if (session === undefined || session.connection.name === named.connection) this.changes.fire(uri);
    }
  }
}

/** The name ends in `.json`, and JSON proper has no comments: its language service would report the header. */
async function allowComments(document: vscode.TextDocument): Promise<void> {
  if (document.uri.scheme !== topoScheme || document.languageId !== 'json') return;
  await vscode.languages.setTextDocumentLanguage(document, 'jsonc');
}
