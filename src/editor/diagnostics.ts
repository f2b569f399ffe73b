import * as vscode from 'vscode';
import { diagnosticSource } from '../contributions/ids.ts';
import type { FindingCode, Severity } from '../model/finding.ts';
import type { Problem, TextSpan } from './problem.ts';
import { rangeOf } from './textRanges.ts';

/** Where a finding's code is explained. */
export type HelpUri = (code: FindingCode) => vscode.Uri;

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/**
 * A Problem as the editor takes it: one entry at its first place, and at its
 * other places in the document hints, which the list of Problems leaves out.
 * `note` goes before the message.
 */
export function diagnosticsOf(
  { finding, span, more, related }: Problem,
  helpUri: HelpUri,
  note = '',
): vscode.Diagnostic[] {
  const at = (place: TextSpan, severity: vscode.DiagnosticSeverity): vscode.Diagnostic => {
    const diagnostic = new vscode.Diagnostic(rangeOf(place), note + finding.message, severity);
    diagnostic.source = diagnosticSource;
    diagnostic.code = { value: finding.code, target: helpUri(finding.code) };
    return diagnostic;
  };
  const main = at(span, severities[finding.severity]);
  main.relatedInformation = related.map(({ uri, span: other, message }) => relatedInformation(uri, other, message));
  return [main, ...more.map((place) => at(place, vscode.DiagnosticSeverity.Hint))];
}

/** A place elsewhere that a diagnostic speaks of. */
export function relatedInformation(uri: string, span: TextSpan, message: string): vscode.DiagnosticRelatedInformation {
  const location = new vscode.Location(vscode.Uri.parse(uri, true), rangeOf(span));
  return new vscode.DiagnosticRelatedInformation(location, message);
}

/** Diagnostics by document, and no entry for a document without any. */
export class DiagnosticsByUri {
  readonly byUri = new Map<string, vscode.Diagnostic[]>();

  add(uri: string, ...diagnostics: readonly vscode.Diagnostic[]): void {
    this.byUri.set(uri, [...(this.byUri.get(uri) ?? []), ...diagnostics]);
  }

  /** Shows these in a collection instead of what `shown` names; gives what it names now. */
  replace(collection: vscode.DiagnosticCollection, shown: Iterable<string>): Set<string> {
    for (const uri of shown) if (!this.byUri.has(uri)) collection.delete(vscode.Uri.parse(uri, true));
    for (const [uri, diagnostics] of this.byUri) collection.set(vscode.Uri.parse(uri, true), diagnostics);
    return new Set(this.byUri.keys());
  }
}
