import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { diagnosticSource } from '../../src/contributions/ids.ts';

const patienceMs = 10_000;

/** Waits until a reading is as expected; fails with the last reading when it never is. */
export async function eventually<T>(read: () => T | Thenable<T>, isExpected: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (isExpected(value)) return value;
    assert.ok(Date.now() < deadline, `it stays ${JSON.stringify(value)}`);
    await delay(50);
  }
}

/** The code lenses of a document, resolved, in order of their place. */
export async function lensesOf(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 200);
  return lenses.sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The titles of a document's code lenses. */
export async function lensTitles(uri: vscode.Uri): Promise<string[]> {
  return (await lensesOf(uri)).map(({ command }) => command?.title ?? '');
}

/** Runs the command of the first lens whose title starts so. */
export async function clickLens(uri: vscode.Uri, title: string): Promise<void> {
  const lens = (await lensesOf(uri)).find(({ command }) => command?.title.startsWith(title));
  assert.ok(lens?.command, `no lens ${title} among ${(await lensTitles(uri)).join(', ')}`);
  await vscode.commands.executeCommand(lens.command.command, ...((lens.command.arguments ?? []) as unknown[]));
}

/** This extension's Problems of a document, hints left out as the list of Problems does. */
export function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => source === diagnosticSource && severity !== vscode.DiagnosticSeverity.Hint);
}

/** A Problem as `code at text`. */
export async function problemLines(uri: vscode.Uri): Promise<string[]> {
  const document = await vscode.workspace.openTextDocument(uri);
  return problemsOf(uri).map(({ code, range }) => `${codeOf(code)} at ${document.getText(range)}`);
}

/** The value of a diagnostic's code. */
export function codeOf(code: vscode.Diagnostic['code']): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Opens a file in an editor. */
export async function show(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** What the active editor shows, and the text that is selected in it. */
export function activeSelection(): { readonly uri: string; readonly text: string } {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor, 'no editor is active');
  return { uri: editor.document.uri.toString(), text: editor.document.getText(editor.selection) };
}

/** Closes every editor, unsaved text included. */
export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
