/** The tree of connections. It shows what the sessions hold and never reads a topology itself. */
import * as vscode from 'vscode';
import { contextKeys, viewIds } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { clockWords } from '../host/clock.ts';
import { DisposableOwner } from '../host/disposables.ts';
import type { Session, Sessions } from '../host/session.ts';
import type { WriteAccess } from '../host/writeAccess.ts';
import { connectionNode } from './connectionNode.ts';
import { registerErrorDecorations } from './errorDecorations.ts';
import { treeElement, treeItem, type TreeElement } from './treeItem.ts';
import { staleMessage, viewBadge, viewState } from './viewState.ts';

/** The view and its rows. */
export class TopologyTree extends DisposableOwner implements vscode.TreeDataProvider<TreeElement> {
  readonly onDidChangeTreeData: vscode.Event<TreeElement | undefined>;
  private readonly sessions: Sessions;
  private readonly access: WriteAccess;
  private readonly view: vscode.TreeView<TreeElement>;
  private readonly changes: vscode.EventEmitter<TreeElement | undefined>;
  private readonly clock = clockWords(() => Date.now(), vscode.env.language);
  private roots = new Map<string, TreeElement>();
  private shownContext = '';

  constructor(sessions: Sessions, access: WriteAccess) {
    super();
    this.sessions = sessions;
    this.access = access;
    this.changes = this.own(new vscode.EventEmitter<TreeElement | undefined>());
    this.onDidChangeTreeData = this.changes.event;
    this.own(sessions.onDidChange((session) => this.update(session)));
    this.own(access.onDidChange(() => this.changes.fire(undefined)));
    this.own(registerErrorDecorations());
    this.view = this.own(
      vscode.window.createTreeView(viewIds.topology, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.updateView();
  }

  /** Fires when the view is shown or hidden. */
  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.view.onDidChangeVisibility;
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  getTreeItem(element: TreeElement): vscode.TreeItem {
    return treeItem(element);
  }

  getChildren(element?: TreeElement): TreeElement[] {
    if (element === undefined) return this.rootElements();
    return (element.node.children?.() ?? []).map((node) => treeElement(node, element));
  }

  getParent(element: TreeElement): TreeElement | undefined {
    return element.parent;
  }

  /** Shows and selects the row of a move, keyspace or connection; false when there is no such row. */
  async reveal({ connection, keyspace, move }: TopologyTarget): Promise<boolean> {
    let element = this.rootElements().find((root) => root.connection === connection);
    if (element === undefined) return false;
    if (keyspace !== undefined || move !== undefined) {
      const rows = this.getChildren(element).filter(({ node }) => node.context.includes('keyspace'));
      const moves = rows.flatMap((row) => this.getChildren(row)).filter(({ node }) => !node.context.includes('link'));
      element =
        move === undefined
          ? rows.find((row) => row.keyspace === keyspace)
          : moves.find((row) => row.node.context.includes('move') && row.move === move);
    }
    if (element === undefined) return false;
    await this.view.reveal(element, { select: true, focus: true, expand: true });
    return true;
  }

  private rootElements(): TreeElement[] {
    const { state } = viewState(this.sessions.all);
    if (state !== 'ready') return [];
    this.roots = new Map(this.sessions.all.map((session) => [session.connection.name, this.rootElement(session)]));
    return [...this.roots.values()];
  }

  /** A connection's element is one object for as long as the connection exists, so that it can be refreshed alone. */
  private rootElement(session: Session): TreeElement {
    const node = connectionNode(session, {
      active: this.sessions.all.length > 1 && this.sessions.active?.connection.name === session.connection.name,
      access: this.access.of(session.connection.name),
      clock: this.clock,
    });
    const known = this.roots.get(session.connection.name);
    if (known === undefined) return treeElement(node, undefined);
    known.node = node;
    return known;
  }

  private update(session: Session | undefined): void {
    const rowsStay = this.updateView();
    const element = session === undefined ? undefined : this.roots.get(session.connection.name);
    if (session === undefined || element === undefined || !rowsStay) {
      this.changes.fire(undefined);
      return;
    }
    this.rootElement(session);
    this.changes.fire(element);
  }

  /** Updates what is around the rows; true when the view still shows rows or still shows the same welcome. */
  private updateView(): boolean {
    const { state, failure, connection } = viewState(this.sessions.all);
    this.view.badge = viewBadge(this.sessions.all);
    this.view.description = connection ?? '';
    this.view.message = staleMessage(this.sessions.all, this.clock);
    const context = `${state} ${failure}`;
    if (this.shownContext === context) return true;
    this.shownContext = context;
    void vscode.commands.executeCommand('setContext', contextKeys.state, state);
    void vscode.commands.executeCommand('setContext', contextKeys.failure, failure);
    return false;
  }
}
