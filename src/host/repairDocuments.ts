import * as vscode from 'vscode';
import { repairScheme } from '../contributions/ids.ts';
import { recordTotals, type PlanResult } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { storedText } from '../records/recordText.ts';
import type { RunRecord } from '../repair/ports.ts';
import { DisposableOwner } from './disposables.ts';
import { planText, runText, type PlanSubject } from './planText.ts';

const mostTexts = 2000;

/** Read-only documents of repairs: a plan, its records before and after, and how a run went. */
export class RepairDocuments extends DisposableOwner implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changes = this.own(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changes.event;
  private shown = 0;

  constructor() {
    super();
    this.own(vscode.workspace.registerTextDocumentContentProvider(repairScheme, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows a plan: its records as one multi-file diff, and the ordered steps beside it. */
  async showPlan(result: PlanResult, subject: PlanSubject): Promise<void> {
    this.shown += 1;
    const key = String(this.shown);
    const steps = this.keep(`/Repair of ${fileName(subject.connection)}.md`, key, planText(result, subject));
    const rows = result.plan === undefined ? [] : recordTotals(result.plan).map((total) => this.keepDiff(key, total));
    if (rows.length > 0)
      await vscode.commands.executeCommand('vscode.changes', `Repair of ${subject.connection}`, rows);
    await showMarkdown(steps, rows.length > 0);
  }

  /** Shows how a run went; shown again it is brought up to date. */
  async showRun(run: RunRecord): Promise<void> {
    const uri = this.keep(`/Run ${fileName(run.id)}.md`, run.id, runText(run));
    this.changes.fire(uri);
    await showMarkdown(uri, false);
  }

  private keepDiff(
    key: string,
    { record, before, after }: { record: RecordId; before: Uint8Array | undefined; after: Uint8Array | undefined },
  ): [vscode.Uri, vscode.Uri, vscode.Uri] {
    const path = `/${recordName(record).split('/').map(fileName).join('/')}.json`;
    const old = this.keep(path, `${key} before`, storedText(record, before));
    const made = this.keep(path, `${key} after`, storedText(record, after));
    return [made, old, made];
  }

  private keep(path: string, query: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: repairScheme, path, query });
    const key = uri.toString();
    this.texts.delete(key);
    this.texts.set(key, text);
    const [oldest] = this.texts.keys();
    // A diff asks again when it is unfolded, so a closed document is no sign that its text is done with.
    if (this.texts.size > mostTexts && oldest !== undefined) this.texts.delete(oldest);
    return uri;
  }
}

async function showMarkdown(uri: vscode.Uri, beside: boolean): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  try {
    await vscode.commands.executeCommand(beside ? 'markdown.showPreviewToSide' : 'markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(document, {
      preview: true,
      viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
    });
  }
}

/** A name as one segment of a document's path. */
function fileName(name: string): string {
  return name.replace(/[/\\:?#%]/g, '_');
}
