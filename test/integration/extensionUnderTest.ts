import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, extensionId, settingIds, settingsSection } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import type { TreeElement } from '../../src/tree/treeItem.ts';

/** Activates the extension as the editor does and gives what it exports. */
export async function activateExtension(): Promise<VitessTopoApi> {
  const extension = vscode.extensions.getExtension<VitessTopoApi>(extensionId);
  assert.ok(extension, 'the extension is not loaded');
  return extension.activate();
}

/** The row that a path of labels leads to. */
export function rowAt(api: VitessTopoApi, path: readonly string[]): TreeElement {
  let rows = api.tree.getChildren();
  let found: TreeElement | undefined;
  for (const label of path) {
    found = rows.find((row) => row.node.label === label);
    const labels = rows.map((row) => row.node.label).join(', ');
    assert.ok(found, `no row ${label} among: ${labels}`);
    rows = api.tree.getChildren(found);
  }
  assert.ok(found);
  return found;
}

/** The rows below the row that a path of labels leads to. */
export function childrenOf(api: VitessTopoApi, path: readonly string[]): TreeElement[] {
  return api.tree.getChildren(rowAt(api, path));
}

/** A row as `label: description`. */
export function rowText(api: VitessTopoApi, row: TreeElement): string {
  return `${row.node.label}: ${String(api.tree.getTreeItem(row).description)}`;
}

/** Writes the connections of the user's settings and waits until the extension has taken them over. */
export async function setConnections(api: VitessTopoApi, entries: readonly unknown[] | undefined): Promise<void> {
  const changed = new Promise<void>((resolve) => {
    const subscription = api.sessions.onDidChange(() => {
      subscription.dispose();
      resolve();
    });
  });
  const settings = vscode.workspace.getConfiguration(settingsSection);
  await settings.update(settingIds.connections, entries, vscode.ConfigurationTarget.Global);
  await changed;
}

/** Removes every connection that was opened for this window and those of the settings. */
export async function closeConnections(api: VitessTopoApi): Promise<void> {
  const settings = vscode.workspace.getConfiguration(settingsSection);
  await settings.update(settingIds.connections, undefined, vscode.ConfigurationTarget.Global);
  for (const { connection } of [...api.sessions.all]) {
    await vscode.commands.executeCommand(commandIds.removeConnection, { connection: connection.name });
  }
  assert.deepEqual(api.sessions.all, []);
}
