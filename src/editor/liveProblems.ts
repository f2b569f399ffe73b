import * as vscode from 'vscode';
import { settingIds, topoScheme } from '../contributions/ids.ts';
import { DisposableOwner } from '../host/disposables.ts';
import { liveText, staleWords } from '../host/liveText.ts';
import { shownTopology, type Session, type Sessions } from '../host/session.ts';
import { onSettingChange, readSettings } from '../host/settings.ts';
import { parseTopoUri, topoUriParts } from '../host/topoUri.ts';
import { diagnosticsOf, DiagnosticsByUri, type HelpUri } from './diagnostics.ts';
import { findingProblems, type Locate } from './problem.ts';
import { shownDocuments } from './shownDocuments.ts';
import { spanOf } from './textRanges.ts';

/**
 * Publishes the findings of every connected topology as Problems of their
 * records' documents: each at its first record, at its further ones while their
 * documents are open.
 */
export class LiveProblems extends DisposableOwner {
  private readonly sessions: Sessions;
  private readonly helpUri: HelpUri;
  private readonly collection = this.own(vscode.languages.createDiagnosticCollection('vitess-topo-live'));
  /** The documents with Problems, by connection. */
  private readonly shown = new Map<string, Set<string>>();
  private shownRecords = '';

  constructor(sessions: Sessions, helpUri: HelpUri) {
    super();
    this.sessions = sessions;
    this.helpUri = helpUri;
    this.own(sessions.onDidChange((session) => (session === undefined ? this.publishAll() : this.publish(session))));
    this.own(onSettingChange([settingIds.problems], () => this.publishAll()));
    this.own(vscode.window.tabGroups.onDidChangeTabs(() => this.publishShown()));
    // The editor moves Problems along with a text that changes under them: they are set again in the new text.
    this.own(vscode.workspace.onDidChangeTextDocument(({ document: { uri } }) => this.publishFor(uri)));
    this.publishAll();
  }

  /** Publishes again when editors show other records than before. */
  private publishShown(): void {
    const before = this.shownRecords;
    const shown = [...shownDocuments()].filter((uri) => uri.startsWith(`${topoScheme}:`));
    this.shownRecords = shown.sort().join(' ');
    if (this.shownRecords !== before) this.publishAll();
  }

  private publishFor(uri: vscode.Uri): void {
    const named = parseTopoUri(uri);
    const session = named === undefined ? undefined : this.sessions.get(named.connection);
    if (session !== undefined) this.publish(session);
  }

  private publishAll(): void {
    const names = new Set(this.sessions.all.map(({ connection }) => connection.name));
    for (const name of [...this.shown.keys()].filter((known) => !names.has(known))) this.clear(name);
    for (const session of this.sessions.all) this.publish(session);
  }

  private clear(connection: string): void {
    new DiagnosticsByUri().replace(this.collection, this.shown.get(connection) ?? []);
    this.shown.delete(connection);
  }

  private publish(session: Session): void {
    const { name } = session.connection;
    const topology = shownTopology(session.state);
    if (topology === undefined || !readSettings().problemsEnabled) {
      this.clear(name);
      return;
    }
    const locate: Locate = ({ record, path }) => {
      const { json, lines } = liveText(session, name, record);
      const uri = vscode.Uri.from(topoUriParts({ connection: name, record })).toString();
      return [{ uri, span: spanOf(lines, json.anchorAt(path)) }];
    };
    const open = shownDocuments();
    const stale = staleWords(session) === undefined ? '' : 'Not current, the topology cannot be read any more. ';
    const diagnostics = new DiagnosticsByUri();
    for (const finding of topology.diagnosed.findings) {
      findingProblems([finding], locate)
        .filter(({ uri }, index) => index === 0 || open.has(uri))
        .forEach((problem) => diagnostics.add(problem.uri, ...diagnosticsOf(problem, this.helpUri, stale)));
    }
    this.shown.set(name, diagnostics.replace(this.collection, this.shown.get(name) ?? []));
  }
}
