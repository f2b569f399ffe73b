import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, repairScheme } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { topoUriParts } from '../../src/host/topoUri.ts';
import { closeEditors, eventually } from './editorSupport.ts';
import { activateExtension, closeConnections, rowAt, rowText, setConnections } from './extensionUnderTest.ts';

const connection = 'sample';

/** The texts of the documents that repairs show, by title. */
function repairTexts(): Map<string, string> {
  const documents = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === repairScheme);
  return new Map(documents.map((document) => [document.uri.path, document.getText()]));
}

async function textOf(path: string): Promise<string> {
  return eventually(
    () => repairTexts().get(path) ?? '',
    (text) => text !== '',
  );
}

describe('repairs', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  after(async () => {
    await closeConnections(api);
    await closeEditors();
  });

  it('are planned for what is asked for, and nothing is written', async () => {
    await vscode.commands.executeCommand(commandIds.planRepair, rowAt(api, [connection]));
    const text = await textOf('/Repair of sample.md');
    assert.match(text, /^# Repair of sample$/m);
    assert.match(text, /^Nothing has been changed yet/m);
    assert.match(text, /^1\. \*\*Deny tables: 1 record\*\*$/m);
    const after = [...repairTexts()].find(([path]) => path === '/keyspaces/commerce/shards/0/Shard.jsonc');
    assert.match(after?.[1] ?? '', /"tablet_controls"/);
  });

  it('are offered as quick fixes that say what they do', async () => {
    const record = { path: 'keyspaces/customer/shards/-80/Shard' };
    const uri = vscode.Uri.from(topoUriParts({ connection, record }));
    await vscode.workspace.openTextDocument(uri);
    const problems = await eventually(
      () => vscode.languages.getDiagnostics(uri),
      (found) => found.length > 0,
    );
    const range = problems[0]?.range;
    assert.ok(range);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.ok(actions.some(({ title }) => title === 'Repair denied tables of customer…'));
  });

  it('pre-check a reverse of a snapshot without asking its tablets', async () => {
    const move = rowAt(api, [connection, 'customer', 'commerce.commerce2customer_reverse']);
    await vscode.commands.executeCommand(commandIds.precheckReverse, move);
    const text = await textOf('/Pre-check of ReverseTraffic of commerce.commerce2customer_reverse.md');
    assert.match(text, /Do not start it/);
    assert.match(text, /a snapshot tells nothing of now/);
  });

  it('leave every connection read-only until the user allows more', async () => {
    await setConnections(api, [{ name: 'staging', kind: 'etcd', endpoints: ['127.0.0.1:1'] }]);
    const staging = rowAt(api, ['staging']);
    assert.equal(rowText(api, staging), 'staging: not connected · read-only');
    assert.deepEqual(staging.node.context, ['connection', 'disconnected', 'readonly']);
    // A snapshot is never written: it is neither.
    assert.ok(!rowAt(api, [connection]).node.context.some((word) => word === 'readonly' || word === 'writable'));
  });
});
