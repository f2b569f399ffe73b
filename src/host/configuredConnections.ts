import * as vscode from 'vscode';
import { commandIds, settingIds, settingsSection } from '../contributions/ids.ts';
import { problemWords } from './connectionSettings.ts';
import { DisposableOwner } from './disposables.ts';
import type { SessionStore } from './sessionStore.ts';
import type { SettingProblem } from './settingFields.ts';
import { onSettingChange, readConnections } from './settings.ts';

/** Keeps the store's connections as the settings have them, and says which entries are not used and why. */
export class ConfiguredConnections extends DisposableOwner {
  private readonly store: SessionStore;
  private readonly log: vscode.LogOutputChannel;
  private shownProblems = '';

  constructor(store: SessionStore, log: vscode.LogOutputChannel) {
    super();
    this.store = store;
    this.log = log;
    this.own(onSettingChange([settingIds.connections], () => this.reload()));
    this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.reload()));
    this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => this.reload()));
    this.reload();
  }

  /** Reads the settings again. */
  reload(): void {
    const { connections, problems } = readConnections();
    this.store.configure(connections);
    this.report(problems);
  }

  private report(problems: readonly SettingProblem[]): void {
    const words = problems.map((problem) => `${settingsSection}.${settingIds.connections}: ${problemWords(problem)}`);
    const [first] = words;
    const text = words.join('\n');
    if (text === this.shownProblems) return;
    this.shownProblems = text;
    if (first === undefined) return;
    for (const line of words) this.log.warn(line);
    const others = words.length > 1 ? ` (and ${words.length - 1} more, see the log)` : '';
    const open = 'Open Settings';
    void vscode.window.showWarningMessage(`${first}${others}`, open).then((choice) => {
      if (choice === open) void vscode.commands.executeCommand(commandIds.openSettings);
    });
  }
}
