import * as vscode from 'vscode';

/** Asks for one folder; undefined when the asking is given up. */
export async function askFolder(title: string, openLabel: string): Promise<vscode.Uri | undefined> {
  const options = { canSelectFiles: false, canSelectFolders: true, canSelectMany: false, title, openLabel };
  return (await vscode.window.showOpenDialog(options))?.[0];
}
