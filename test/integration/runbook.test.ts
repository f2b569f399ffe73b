import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { activateExtension, closeConnections } from './extensionUnderTest.ts';

function untitled(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled);
}

async function written(target: object): Promise<vscode.TextDocument> {
  const before = new Set(untitled());
  await vscode.commands.executeCommand(commandIds.openRunbook, target);
  const [document, ...others] = untitled().filter((one) => !before.has(one));
  assert.ok(document, 'no document was opened');
  assert.deepEqual(others, []);
  return document;
}

describe('the runbook', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  after(async () => {
    // Closed one by one only at the end: the editor gives the next untitled document the name, and the text, of one just closed.
    for (let left = untitled().length; left > 0; left -= 1) {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await closeConnections(api);
  });

  it('of a connection is an untitled Markdown document, which can be edited', async () => {
    const document = await written({ connection: 'sample' });
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
    const before = untitled().length;
    await vscode.commands.executeCommand(commandIds.openRunbook, { connection: 'sample', move: 'gone' });
    assert.equal(untitled().length, before);
  });
});
