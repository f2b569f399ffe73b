import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/contributions/ids.ts';
import type { VitessTopoApi } from '../../src/extension.ts';
import { activateExtension, childrenOf, closeConnections, rowAt, rowText } from './extensionUnderTest.ts';

describe('the tree of the sample', () => {
  let api: VitessTopoApi;
  before(async () => {
    api = await activateExtension();
    await vscode.commands.executeCommand(commandIds.openSample);
  });
  after(() => closeConnections(api));

  it('shows the connection with what was found', () => {
    const item = api.tree.getTreeItem(rowAt(api, ['sample']));
    assert.equal(item.label, 'sample');
    assert.match(String(item.description), /^4 errors/);
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
    assert.match(item.accessibilityInformation?.label ?? '', /^connection sample, 4 errors/);
  });

  it('shows keyspaces, cells and locks, the most broken first', () => {
    assert.deepEqual(
      childrenOf(api, ['sample']).map((element) => rowText(api, element)),
      [
        'customer: 4 errors · sharded · 2 shards · 1 move',
        'commerce: 1 error · unsharded · 1 shard',
        'Cells: 1 error · 1 cell',
        'Locks: 3 held',
      ],
    );
  });

  it('shows the move with its state in Vitess’s words and what contradicts it', () => {
    const move = ['sample', 'customer', 'commerce.commerce2customer_reverse'];
    const description = String(api.tree.getTreeItem(rowAt(api, move)).description);
    assert.equal(
      description,
      '4 errors · All Reads Switched. Writes Switched · customer/-80 denies corder and customer, which it serves',
    );
    assert.deepEqual(
      childrenOf(api, move).map((element) => rowText(api, element)),
      [
        'customer/-80 denies corder and customer, which it serves: serving-side-denied',
        'customer/80- denies corder and customer, which it serves: serving-side-denied',
        'commerce/0 does not deny corder and customer: other-side-not-denied',
        'SrvVSchema of zone1 is stale: stale-srv-vschema',
        'All Reads Switched. Writes Switched: traffic state',
        'customer.commerce2customer: forward workflow · missing',
        'commerce.commerce2customer_reverse: 2 streams Running · 0 s behind · reverse workflow',
        '2 tables: all traffic → customer',
      ],
    );
  });

  it('shows on each shard which denied table conflicts', () => {
    assert.deepEqual(
      childrenOf(api, ['sample', 'customer', '-80']).map((element) => rowText(api, element)),
      ['corder: denied, but the rules send its queries here', 'customer: denied, but the rules send its queries here'],
    );
    assert.deepEqual(
      childrenOf(api, ['sample', 'commerce', '0']).map((element) => rowText(api, element)),
      ['corder: not denied, but the rules send it elsewhere', 'customer: not denied, but the rules send it elsewhere'],
    );
  });

  it('has tooltips that run no commands and show no HTML', () => {
    const tooltip = api.tree.getTreeItem(rowAt(api, ['sample', 'customer'])).tooltip;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.notEqual(tooltip.isTrusted, true);
    assert.notEqual(tooltip.supportHtml, true);
  });

  it('refreshes to the same rows', async () => {
    const before = childrenOf(api, ['sample']).map((element) => api.tree.getTreeItem(element).id);
    await vscode.commands.executeCommand(commandIds.refresh, { connection: 'sample' });
    assert.equal(api.sessions.get('sample')?.state.status, 'loaded');
    assert.deepEqual(
      childrenOf(api, ['sample']).map((element) => api.tree.getTreeItem(element).id),
      before,
    );
  });

  it('opens once, however often it is asked to', async () => {
    await vscode.commands.executeCommand(commandIds.openSample);
    assert.deepEqual(
      api.sessions.all.map(({ connection }) => connection.name),
      ['sample'],
    );
  });
});
