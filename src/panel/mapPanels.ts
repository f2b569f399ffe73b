import * as vscode from 'vscode';
import { mapViewType } from '../contributions/ids.ts';
import { DisposableOwner } from '../host/disposables.ts';
import type { Sessions } from '../host/session.ts';
import { MapPanel, pageOptions } from './mapPanel.ts';
import type { MapSubject } from './mapPicture.ts';

/** The panels with maps, one for each move that is shown. */
export class MapPanels extends DisposableOwner implements vscode.WebviewPanelSerializer {
  private readonly sessions: Sessions;
  private readonly extensionUri: vscode.Uri;
  private readonly panels = new Set<MapPanel>();

  constructor(sessions: Sessions, extensionUri: vscode.Uri) {
    super();
    this.sessions = sessions;
    this.extensionUri = extensionUri;
    this.own(vscode.window.registerWebviewPanelSerializer(mapViewType, this));
    this.own({
      dispose: () => {
        for (const { panel } of [...this.panels]) panel.dispose();
      },
    });
  }

  /** The map that the editor in front shows. */
  get inFront(): MapPanel | undefined {
    return [...this.panels].find(({ panel }) => panel.active);
  }

  /** Shows the map of a move, in the panel that has it already or in a new one. */
  show(subject: MapSubject): void {
    const open = [...this.panels].find((each) => isSame(each.subject, subject));
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active;
    this.keep(vscode.window.createWebviewPanel(mapViewType, 'Map', column, pageOptions(this.extensionUri)), subject);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = parseSubject(state);
    if (subject === undefined) panel.dispose();
    else this.keep(panel, subject);
    return Promise.resolve();
  }

  private keep(panel: vscode.WebviewPanel, subject: MapSubject): void {
    const kept = new MapPanel(panel, subject, this.sessions, this.extensionUri);
    this.panels.add(kept);
    panel.onDidDispose(() => {
      this.panels.delete(kept);
      kept.dispose();
    });
  }
}

function parseSubject(state: unknown): MapSubject | undefined {
  if (typeof state !== 'object' || state === null || !('connection' in state) || !('move' in state)) return undefined;
  const { connection, move } = state;
  return typeof connection === 'string' && typeof move === 'string' ? { connection, move } : undefined;
}

function isSame(a: MapSubject, b: MapSubject): boolean {
  return a.connection === b.connection && a.move === b.move;
}
