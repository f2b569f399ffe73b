import * as vscode from 'vscode';
import { isCancellation } from '../host/cancellation.ts';
import type { SessionStore } from '../host/sessionStore.ts';
import type { TopologyTree } from './topologyTree.ts';

/**
 * Connects once when the view is first shown: to the connection of last time,
 * else to the first. What goes wrong is shown in the view.
 */
export function connectWhenShown(tree: TopologyTree, store: SessionStore): vscode.Disposable {
  let done = false;
  const connect = async (): Promise<void> => {
    const preferred = store.preferred;
    if (done || !tree.isVisible || preferred === undefined) return;
    done = true;
    // Somebody may have connected by a command before the view was shown.
    if (store.active !== undefined) return;
    try {
      await store.connect(preferred.connection.name);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  };
  void connect();
  return vscode.Disposable.from(
    tree.onDidChangeVisibility(() => void connect()),
    store.onDidChange(() => void connect()),
  );
}
