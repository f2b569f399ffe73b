import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { activateExtension, closeConnections } from './extensionUnderTest.ts';

async function written(target: object): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand(commandIds.openRunbook, target);
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document, 'no document is shown');
  return document;
}

describe('the runbook', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  after(() => closeConnections(api));
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('of a connection is an untitled Markdown document, which can be edited', async () => {
    const document = await written({ connection: 'sample' });
    assert.ok(document.isUntitled);
    assert.equal(document.languageId, 'markdown');
    assert.match(document.getText(), /^# Runbook for the whole topology of sample\n/);
    assert.match(document.getText(), /^## Repair by hand$/m);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'INC-42 ');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(document.getText(), /^INC-42 # Runbook/);
  });

  it('of a move keeps to that move', async () => {
    const document = await written({ connection: 'sample', move: 'commerce.commerce2customer_reverse' });
    assert.match(document.getText(), /^# Runbook for the move commerce\.commerce2customer_reverse of sample\n/);
  });

  it('is not written for a move that is gone', async () => {
    await vscode.commands.executeCommand(commandIds.openRunbook, { connection: 'sample', move: 'gone' });
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
