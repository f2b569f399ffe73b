import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import * as vscode from 'vscode';
import { FileHistory } from '../history/fileHistory.ts';
import { defaultHistoryFolder } from '../history/historyFolder.ts';
import { RepairDocuments } from './repairDocuments.ts';
import type { SessionStore } from './sessionStore.ts';
import { readSettings } from './settings.ts';
import { spawnWorker } from './spawnWorker.ts';
import { WriteAccess } from './writeAccess.ts';
import { WritePermissions } from './writePermission.ts';

/** What repairs need besides the sessions. */
export interface RepairServices {
  readonly repairs: RepairDocuments;
  readonly access: WriteAccess;
  /** The recorded runs, in the folder that the settings name now. */
  readonly history: () => FileHistory;
  /** Starts the process that carries out a plan. */
  readonly spawnWorker: () => ChildProcessWithoutNullStreams;
}

/** Makes them; they are disposed of with the extension. */
export function repairServices(
  { subscriptions, globalState, globalStorageUri, extensionUri }: vscode.ExtensionContext,
  store: SessionStore,
): RepairServices {
  const access = new WriteAccess(store, new WritePermissions(globalState));
  const repairs = new RepairDocuments();
  subscriptions.push(access, repairs);
  const commandLine = vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath;
  const folder = (): string =>
    readSettings().historyFolder ?? defaultHistoryFolder(process.env) ?? globalStorageUri.fsPath;
  return {
    access,
    repairs,
    history: () => new FileHistory(folder()),
    spawnWorker: () => spawnWorker(commandLine),
  };
}
