import path from 'node:path';
import * as vscode from 'vscode';

/** Writes beside the file and puts it in its place, so that a failure leaves the old one whole. */
export async function writeWhole(file: vscode.Uri, bytes: Uint8Array): Promise<void> {
  const beside = file.with({ path: `${path.posix.dirname(file.path)}/.${path.posix.basename(file.path)}.tmp` });
  try {
    await vscode.workspace.fs.writeFile(beside, bytes);
    await vscode.workspace.fs.rename(beside, file, { overwrite: true });
  } catch (error) {
    await vscode.workspace.fs.delete(beside).then(undefined, () => undefined);
    throw error;
  }
}
