import * as vscode from 'vscode';
import { reportScheme, timelineScheme } from '../contributions/ids.ts';
import { DisposableOwner } from './disposables.ts';
import { reportText, type ReportScope } from './report.ts';
import type { Session, Sessions } from './session.ts';
import { timelineText } from './timelineText.ts';

/** What a kind of documents tells of a connection. */
export interface ReportKind {
  readonly scheme: string;
  /** What a document is called, before the name of what it is about. */
  readonly name: string;
  readonly text: (session: Session, scope: ReportScope) => string;
}

export const diagnosisReports: ReportKind = { scheme: reportScheme, name: 'Diagnosis', text: reportText };
export const timelineReports: ReportKind = { scheme: timelineScheme, name: 'Timeline', text: timelineText };

/** Read-only report documents, which follow what their connection shows. */
export class ReportDocuments extends DisposableOwner implements vscode.TextDocumentContentProvider {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  private readonly sessions: Sessions;
  private readonly kind: ReportKind;

  constructor(sessions: Sessions, kind: ReportKind) {
    super();
    this.kind = kind;
    this.sessions = sessions;
    const changes = this.own(new vscode.EventEmitter<vscode.Uri>());
    this.onDidChange = changes.event;
    this.own(vscode.workspace.registerTextDocumentContentProvider(kind.scheme, this));
    this.own(
      sessions.onDidChange((session) => {
        for (const { uri } of vscode.workspace.textDocuments) {
          const isAffected = session === undefined || parse(uri).connection === session.connection.name;
          if (uri.scheme === kind.scheme && isAffected) changes.fire(uri);
        }
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const { connection, ...scope } = parse(uri);
    const session = this.sessions.get(connection);
    if (session === undefined) return `# ${this.kind.name}\n\nThis connection is gone\\.\n`;
    return this.kind.text(session, scope);
  }

  /** Shows the report of a connection, rendered where the Markdown preview is there. */
  async show(connection: string, scope: ReportScope): Promise<void> {
    const uri = reportUri(connection, scope, this.kind);
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }
}

/** The address of a report. */
export function reportUri(connection: string, scope: ReportScope, kind = diagnosisReports): vscode.Uri {
  const subject = scope.move ?? scope.keyspace ?? connection;
  return vscode.Uri.from({
    scheme: kind.scheme,
    path: `/${kind.name} of ${subject.replace(/[/\\:]/g, '_')}.md`,
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
