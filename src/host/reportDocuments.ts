import * as vscode from 'vscode';
import { reportScheme } from '../contributions/ids.ts';
import { DisposableOwner } from './disposables.ts';
import { reportText, type ReportScope } from './report.ts';
import type { Sessions } from './session.ts';

/** Read-only report documents, which follow what their connection shows. */
export class ReportDocuments extends DisposableOwner implements vscode.TextDocumentContentProvider {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  private readonly sessions: Sessions;

  constructor(sessions: Sessions) {
    super();
    this.sessions = sessions;
    const changes = this.own(new vscode.EventEmitter<vscode.Uri>());
    this.onDidChange = changes.event;
    this.own(vscode.workspace.registerTextDocumentContentProvider(reportScheme, this));
    this.own(
      sessions.onDidChange((session) => {
        for (const { uri } of vscode.workspace.textDocuments) {
          const isAffected = session === undefined || parse(uri).connection === session.connection.name;
          if (uri.scheme === reportScheme && isAffected) changes.fire(uri);
        }
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const { connection, ...scope } = parse(uri);
    const session = this.sessions.get(connection);
    if (session === undefined) return `# Diagnosis\n\nThis connection is gone\\.\n`;
    return reportText(session, scope);
  }

  /** Shows the report of a connection, rendered where the Markdown preview is there. */
  async show(connection: string, scope: ReportScope): Promise<void> {
    const uri = reportUri(connection, scope);
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }
}

/** The address of a report. */
export function reportUri(connection: string, scope: ReportScope): vscode.Uri {
  const subject = scope.move ?? scope.keyspace ?? connection;
  return vscode.Uri.from({
    scheme: reportScheme,
    path: `/Diagnosis of ${subject.replace(/[/\\:]/g, '_')}.md`,
    query: JSON.stringify({ connection, ...scope }),
  });
}

function parse({ query }: vscode.Uri): ReportScope & { connection: string } {
  try {
    const value = JSON.parse(query) as Record<string, unknown>;
    const text = (key: string): string | undefined => (typeof value[key] === 'string' ? value[key] : undefined);
    const keyspace = text('keyspace');
    const move = text('move');
    return {
      connection: text('connection') ?? '',
      ...(keyspace === undefined ? {} : { keyspace }),
      ...(move === undefined ? {} : { move }),
    };
  } catch {
    return { connection: '' };
  }
}
