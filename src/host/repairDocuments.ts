import * as vscode from 'vscode';
import { contextKeys, repairScheme } from '../contributions/ids.ts';
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { recordTotals, type PlanResult } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { storedText } from '../records/recordText.ts';
import type { RunRecord } from '../repair/ports.ts';
import { DisposableOwner } from './disposables.ts';
import { planText, runText, type PlanSubject } from './planText.ts';

const mostTexts = 2000;

/** A plan that is shown, and what is needed to carry it out. */
export interface ShownPlan {
  /** The connection's name. */
  readonly connection: string;
  readonly subject: PlanSubject;
  readonly result: PlanResult;
  /** What it was made from. */
  readonly diagnosed: DiagnosedTopology;
  /** Reads the topology again and makes the plan again; undefined when that cannot be done. */
  readonly again: () => Promise<ShownPlan | undefined>;
}

/** Read-only documents of what changes a topology: a plan, its records before and after, how a run went, a pre-check, a switch. */
export class RepairDocuments extends DisposableOwner implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changes = this.own(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changes.event;
  /** The last plan of each title: an earlier one of the same title is closed when the next is shown. */
  private readonly plans = new Map<string, ShownPlan>();
  private shown = 0;

  constructor() {
    super();
    this.own(vscode.workspace.registerTextDocumentContentProvider(repairScheme, this));
    this.own(vscode.window.tabGroups.onDidChangeTabs(() => this.updateContext()));
    this.own(vscode.window.tabGroups.onDidChangeTabGroups(() => this.updateContext()));
    void closeTabs(isOfEarlierWindow);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** The plan that can be carried out and whose documents are in front. */
  get planInFront(): ShownPlan | undefined {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    const titles = [...this.plans.keys()].filter((title) => tab !== undefined && isTabOf(tab, title));
    // "Repair of ab" is a tab of "Repair of a" by its label too.
    const [title] = titles.sort((a, b) => b.length - a.length);
    const plan = title === undefined ? undefined : this.plans.get(title);
    return plan?.result.plan === undefined ? undefined : plan;
  }

  /** False once it was carried out or another was shown under its title. */
  isCurrent(plan: ShownPlan): boolean {
    return this.plans.get(plan.subject.title) === plan;
  }

  /** Shows a plan: its records as one multi-file diff, and the ordered steps beside it. */
  async showPlan(plan: ShownPlan): Promise<void> {
    const { subject, result } = plan;
    await this.closePlan(subject.title);
    this.shown += 1;
    const key = String(this.shown);
    this.plans.set(subject.title, plan);
    const steps = this.keep(`/${fileName(subject.title)}.md`, key, planText(result, subject));
    const rows = result.plan === undefined ? [] : recordTotals(result.plan).map((total) => this.keepDiff(key, total));
    if (rows.length > 0) await vscode.commands.executeCommand('vscode.changes', subject.title, rows);
    await showMarkdown(steps, rows.length > 0);
    this.updateContext();
  }

  /** Closes what shows a plan: it is being carried out, or another takes its place. */
  async closePlan(title: string): Promise<void> {
    if (!this.plans.delete(title)) return;
    const longer = [...this.plans.keys()].filter((other) => other.includes(title));
    await closeTabs((tab) => isTabOf(tab, title) && !longer.some((other) => isTabOf(tab, other)));
    this.updateContext();
  }

  /** Shows how a run went; shown again it is brought up to date. `died` is what is known of one that was cut off. */
  async showRun(run: RunRecord, died?: string): Promise<void> {
    await this.showText(`Run ${run.id}`, run.id, runText(run, died));
  }

  /** Shows a Markdown text under a title; the same key brings the document up to date. */
  async showText(title: string, key: string, text: string): Promise<void> {
    await showMarkdown(this.updateText(title, key, text), false);
  }

  /** Brings a document up to date wherever it is shown. */
  updateText(title: string, key: string, text: string): vscode.Uri {
    const uri = this.keep(`/${fileName(title)}.md`, key, text);
    this.changes.fire(uri);
    return uri;
  }

  private updateContext(): void {
    void vscode.commands.executeCommand('setContext', contextKeys.planShown, this.planInFront !== undefined);
  }

  private keepDiff(
    key: string,
    { record, before, after }: { record: RecordId; before: Uint8Array | undefined; after: Uint8Array | undefined },
  ): [vscode.Uri, vscode.Uri, vscode.Uri] {
    const path = `/${recordName(record).split('/').map(fileName).join('/')}.jsonc`;
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

/**
 * Whether a tab shows the plan of this title. Neither a Markdown preview nor a
 * multi-file diff says what it shows but by its label.
 */
function isTabOf({ input, label }: vscode.Tab, title: string): boolean {
  if (input instanceof vscode.TabInputText) {
    return input.uri.scheme === repairScheme && input.uri.path === `/${fileName(title)}.md`;
  }
  const isPreview = input instanceof vscode.TabInputWebview && /preview/i.test(input.viewType);
  return (isPreview || isMultiDiff(input)) && (label.includes(title) || label.includes(fileName(title)));
}

/**
 * Whether a tab that is there when this window starts shows what an earlier
 * one made: its texts are gone, and a plan without its records would look like one that changes nothing.
 */
function isOfEarlierWindow({ input, label }: vscode.Tab): boolean {
  if (input instanceof vscode.TabInputText) return input.uri.scheme === repairScheme;
  if (input instanceof vscode.TabInputWebview) {
    return /preview/i.test(input.viewType) && /(Repair of|Undo on|Run \d{8}T\d+Z-|Pre-check of) ?.*\.md$/.test(label);
  }
  return isMultiDiff(input) && /^(Repair of|Undo on) .* \(\d+ files?\)$/.test(label);
}

async function closeTabs(which: (tab: vscode.Tab) => boolean): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(which);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}

/** The type of a multi-file diff's input is not in VS Code's API yet, and in earlier versions it has none. */
function isMultiDiff(input: unknown): boolean {
  return input === undefined || (typeof input === 'object' && input !== null && 'textDiffs' in input);
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
