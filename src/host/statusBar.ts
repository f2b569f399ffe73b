import * as vscode from 'vscode';
import { viewIds } from '../contributions/ids.ts';
import { clockWords } from './clock.ts';
import { DisposableOwner } from './disposables.ts';
import type { Sessions } from './session.ts';
import { statusWords } from './statusWords.ts';

const ageStepMs = 30_000;
const backgrounds = { error: 'statusBarItem.errorBackground', warning: 'statusBarItem.warningBackground' };

/** The active connection's worst state in the status bar; nothing while nothing is connected. */
export class StatusBar extends DisposableOwner {
  private readonly sessions: Sessions;
  private readonly item: vscode.StatusBarItem;
  private readonly clock = clockWords(() => Date.now(), vscode.env.language);
  private timer: NodeJS.Timeout | undefined;

  constructor(sessions: Sessions) {
    super();
    this.sessions = sessions;
    this.item = this.own(vscode.window.createStatusBarItem('vitessTopo.status', vscode.StatusBarAlignment.Left, 10));
    this.item.name = 'Vitess Topo';
    this.item.command = `${viewIds.topology}.focus`;
    this.own(sessions.onDidChange(() => this.update()));
    this.own({ dispose: () => clearInterval(this.timer) });
  }

  private update(): void {
    const { active } = this.sessions;
    const words = active === undefined ? undefined : statusWords(active, Date.now(), this.clock);
    clearInterval(this.timer);
    if (words === undefined) {
      this.item.hide();
      return;
    }
    this.timer = setInterval(() => this.update(), ageStepMs);
    this.item.text = words.text;
    this.item.tooltip = new vscode.MarkdownString(words.tooltip);
    this.item.accessibilityInformation = { label: words.spoken };
    this.item.backgroundColor = words.level === 'plain' ? undefined : new vscode.ThemeColor(backgrounds[words.level]);
    this.item.show();
  }
}
