import * as vscode from 'vscode';
import { diagnosticSource, settingIds } from '../contributions/ids.ts';
import { DisposableOwner } from '../host/disposables.ts';
import { onSettingChange, readSettings } from '../host/settings.ts';
import type { GivenRecord } from '../records/givenRecords.ts';
import type { SetDocument } from '../records/setDocument.ts';
import { DiagnosticsByUri, diagnosticsOf, relatedInformation, type HelpUri } from './diagnostics.ts';
import type { DumpAnalysis } from './dumpFolder.ts';
import { findingProblems } from './problem.ts';
import type { SavedDumps } from './savedDumps.ts';
import { rangeOf } from './textRanges.ts';

/** Publishes what open saved dumps show as Problems of those documents. */
export class DumpProblems extends DisposableOwner {
  private readonly dumps: SavedDumps;
  private readonly helpUri: HelpUri;
  private readonly onError: (error: unknown) => void;
  private readonly collection = this.own(vscode.languages.createDiagnosticCollection('vitess-topo-dumps'));
  private shown = new Set<string>();
  private latest = 0;

  constructor(dumps: SavedDumps, helpUri: HelpUri, onError: (error: unknown) => void) {
    super();
    this.dumps = dumps;
    this.helpUri = helpUri;
    this.onError = onError;
    this.own(dumps.onDidChange(() => this.publish()));
    this.own(onSettingChange([settingIds.problems], () => this.publish()));
    this.publish();
  }

  override dispose(): void {
    this.latest += 1;
    super.dispose();
  }

  private publish(): void {
    this.latest += 1;
    this.publishAs(this.latest).catch(this.onError);
  }

  private async publishAs(turn: number): Promise<void> {
    const documents = readSettings().problemsEnabled ? this.dumps.documents : [];
    const open = new Set(documents.map(({ uri }) => uri.toString()));
    const analyses = new Set<DumpAnalysis>();
    for (const document of documents) {
      const analysis = await this.dumps.analysisOf(document);
      if (analysis !== undefined && analysis !== 'too large') analyses.add(analysis);
    }
    // A later change has started its own turn, or everything was disposed of.
    if (turn !== this.latest) return;
    const diagnostics = new DiagnosticsByUri();
    for (const analysis of analyses) this.add(analysis, open, diagnostics);
    this.shown = diagnostics.replace(this.collection, this.shown);
  }

  private add(analysis: DumpAnalysis, open: ReadonlySet<string>, diagnostics: DiagnosticsByUri): void {
    const { judged, locate } = analysis;
    for (const problem of findingProblems(judged.findings, locate)) {
      if (open.has(problem.uri)) diagnostics.add(problem.uri, ...diagnosticsOf(problem, this.helpUri));
    }
    for (const differing of analysis.set.differing) {
      for (const { document } of differing.sources) {
        if (open.has(document.id)) diagnostics.add(document.id, differs(analysis, differing, document));
      }
    }
  }
}

/** Says that dumps contradict each other, where the record stands in one of them. */
function differs(analysis: DumpAnalysis, { record, reading }: GivenRecord, document: SetDocument): vscode.Diagnostic {
  const places = analysis.locate({ record, path: [] });
  const here = places.find(({ uri }) => uri === document.id)?.span ?? { start: topOfFile, end: topOfFile };
  const reason = reading.status === 'failed' ? reading.reason : '';
  const message = `${reason}. Nothing is judged by it. Next: keep the dumps of one moment in a folder of their own.`;
  const diagnostic = new vscode.Diagnostic(rangeOf(here), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = diagnosticSource;
  diagnostic.relatedInformation = places
    .filter(({ uri }) => uri !== document.id)
    .map(({ uri, span }) => relatedInformation(uri, span, 'the other dump'));
  return diagnostic;
}

const topOfFile = { line: 0, character: 0 };
