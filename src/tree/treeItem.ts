import * as vscode from 'vscode';
import type { TopologyTarget } from '../contributions/target.ts';
import type { RowState, TreeNode } from './treeNode.ts';

/** A row as VS Code holds it; menus hand it to commands, which read it as a target. */
export interface TreeElement extends TopologyTarget {
  node: TreeNode;
  readonly parent: TreeElement | undefined;
}

/** Addresses that carry a row's error count to the decorations. */
export const rowScheme = 'vitess-topo-row';

const colors: Partial<Record<RowState, string>> = {
  error: 'problemsErrorIcon.foreground',
  unchecked: 'problemsWarningIcon.foreground',
  warning: 'problemsWarningIcon.foreground',
  info: 'problemsInfoIcon.foreground',
  healthy: 'testing.iconPassed',
};

/** Wraps a row's description for VS Code. */
export function treeElement(node: TreeNode, parent: TreeElement | undefined): TreeElement {
  return { ...node.target, node, parent };
}

/** A row as VS Code draws it. */
export function treeItem({ node }: TreeElement): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, collapsibleState(node));
  const color = colors[node.state];
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon(node.icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: node.spoken };
  item.contextValue = node.context.join(' ');
  if (node.description !== undefined) item.description = node.description;
  if (node.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(node.tooltip);
  if (node.command !== undefined) item.command = { command: node.command, title: 'Open', arguments: [node.target] };
  if (node.errors !== undefined && node.errors > 0) {
    item.resourceUri = vscode.Uri.from({ scheme: rowScheme, path: `/${node.id}`, query: String(node.errors) });
  }
  return item;
}

function collapsibleState({ children, expanded }: TreeNode): vscode.TreeItemCollapsibleState {
  if (children === undefined) return vscode.TreeItemCollapsibleState.None;
  return expanded === true ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
