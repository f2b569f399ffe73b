import * as vscode from 'vscode';

/** True in a trusted workspace; in another one it says what needs trust, and nothing is written. */
export function isTrustedFor(what: string): boolean {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  void vscode.window
    .showWarningMessage(`${what} needs a trusted workspace: nothing is written in an untrusted one.`, manage)
    .then((choice) => {
      if (choice === manage) void vscode.commands.executeCommand('workbench.trust.manage');
    });
  return false;
}
