import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds, reportScheme } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { activateExtension, closeConnections } from './extensionUnderTest.ts';

function reports(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === reportScheme);
}

async function reportOf(command: string, target: object, title: RegExp): Promise<string> {
  await vscode.commands.executeCommand(command, target);
  const found = reports().find((document) => title.test(document.lineAt(0).text));
  assert.ok(
    found,
    `no report ${String(title)} among: ${reports()
      .map((document) => document.lineAt(0).text)
      .join(', ')}`,
  );
  return found.getText();
}

describe('the report', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  after(() => closeConnections(api));

  it('tells everything that is found in a topology', async () => {
    const text = await reportOf(commandIds.diagnose, { connection: 'sample' }, /^# Diagnosis of sample$/);
    assert.match(text, /Found: 4 errors/);
    assert.match(text, /SrvVSchema of zone1 is stale/);
    assert.match(text, /\| corder \| zone1 \| customer \| customer \| customer \|/);
  });

  it('keeps to a keyspace', async () => {
    const target = { connection: 'sample', keyspace: 'commerce' };
    const text = await reportOf(
      commandIds.diagnoseKeyspace,
      target,
      /^# Diagnosis of the keyspace commerce in sample$/,
    );
    assert.match(text, /commerce\/0 does not deny corder and customer/);
  });

  it('keeps to a move, which has no locks', async () => {
    const target = { connection: 'sample', move: 'commerce.commerce2customer_reverse' };
    const text = await reportOf(commandIds.diagnoseMove, target, /^# Diagnosis of the move commerce/);
    assert.match(text, /Found: 4 errors/);
    assert.doesNotMatch(text, /Lock on/);
  });

  it('is a document that nobody can change', () => {
    assert.equal(vscode.workspace.fs.isWritableFileSystem(reportScheme), undefined);
    assert.ok(reports().every(({ languageId }) => languageId === 'markdown'));
  });
});
