import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { commandIds } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { DisposableOwner } from '../host/disposables.ts';
import { changedRecords, mapNotes, momentKey, momentsOf } from '../host/mapMoments.ts';
import type { Sessions } from '../host/session.ts';
import { exportSvg } from '../map/exportSvg.ts';
import type { MapTarget } from '../map/moveMap.ts';
import { parsePageMessage, type PageMessage, type PictureMessage } from '../map/panelMessages.ts';
import { mapPage } from './mapPage.ts';
import { mapPicture, type MapSubject } from './mapPicture.ts';

/** Options of a map's page: it may run its own script and load nothing else. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/** One panel with the map of one move, which follows what its connection shows. */
export class MapPanel extends DisposableOwner {
  readonly subject: MapSubject;
  readonly panel: vscode.WebviewPanel;
  private readonly sessions: Sessions;
  private targets: readonly MapTarget[] = [];
  private version = 0;
  /** Undefined while the newest moment is followed. */
  private moment: string | undefined;

  constructor(panel: vscode.WebviewPanel, subject: MapSubject, sessions: Sessions, extensionUri: vscode.Uri) {
    super();
    this.panel = panel;
    this.subject = subject;
    this.sessions = sessions;
    panel.title = `Map of ${subject.move}`;
    this.own(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(parsePageMessage(message))));
    this.own(
      sessions.onDidChange((session) => {
        if (session === undefined || session.connection.name === subject.connection) this.draw();
      }),
    );
    panel.webview.options = pageOptions(extensionUri);
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'map.js')).toString();
    panel.webview.html = mapPage({ script, nonce: randomBytes(18).toString('base64url') });
  }

  /** What the panel shows as an SVG file's text; undefined while it shows no map. */
  svg(): string | undefined {
    const session = this.sessions.get(this.subject.connection);
    const { shown } = mapPicture(session, this.subject, this.moment);
    if (session === undefined || shown === undefined) return undefined;
    const { map, moment } = shown;
    return exportSvg(map, { notes: mapNotes(session, moment), changed: changedRecords(moment) });
  }

  private draw(): void {
    // A page that is hidden is gone, and asks when it is shown again.
    if (!this.panel.visible) return;
    const { content, targets } = mapPicture(this.sessions.get(this.subject.connection), this.subject, this.moment);
    this.targets = targets;
    this.version += 1;
    void this.panel.webview.postMessage({ ...content, version: this.version } satisfies PictureMessage);
  }

  private receive(message: PageMessage | undefined): void {
    switch (message?.type) {
      case 'ready':
        this.draw();
        return;
      case 'moment':
        this.showMoment(message.key);
        return;
      case 'open':
        if (message.version === this.version) this.open(this.targets[message.target]);
        return;
      case 'export':
        void vscode.commands.executeCommand(commandIds.exportMap);
        return;
      case undefined:
    }
  }

  private showMoment(key: string): void {
    const session = this.sessions.get(this.subject.connection);
    const newest = session === undefined ? undefined : momentsOf(session).at(-1);
    this.moment = newest !== undefined && momentKey(newest) === key ? undefined : key;
    this.draw();
  }

  private open(target: MapTarget | undefined): void {
    if (target === undefined) return;
    const { record, path } = target;
    const opened: TopologyTarget = { connection: this.subject.connection, record, path };
    void vscode.commands.executeCommand(commandIds.openRecord, opened);
  }
}
