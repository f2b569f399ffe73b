import * as vscode from 'vscode';
import { extensionId } from '../contributions/ids.ts';
import type { CommandDeps } from './commandDeps.ts';

/** Shows the log. */
export function showLog({ log }: CommandDeps): () => Promise<void> {
  return () => {
    log.show();
    return Promise.resolve();
  };
}

/** Shows this extension's settings. */
export function openSettings(): () => Promise<void> {
  return async () => {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${extensionId}`);
  };
}
