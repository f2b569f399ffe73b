import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { loadCapture } from '../harness/capture.ts';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';

const CAPTURE = path.resolve(import.meta.dirname, '../captures/12-reverse-vtctld-killed');
const PASSWORD = 'correct horse';

describe('a connection to etcd', function () {
  this.timeout(120_000);
  let etcd: EtcdServer;
  let workbench: Workbench;
  const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();

  before(async () => {
    etcd = await startEtcd({ rootPassword: PASSWORD });
    await loadCapture(etcd, CAPTURE, { cellAddress: etcd.address });
    workbench = await openWorkbench({
      folder: 'test/browser/fixtures/empty',
      settings: { 'workbench.colorTheme': 'Default Dark Modern', 'vitessTopo.timeout': 10 },
    });
    await workbench.openViewContainer('Vitess Topo');
  });
  after(async () => {
    await workbench.close();
    await etcd.stop();
  });

  /** Waits for a question and answers it. */
  const answer = async (question: RegExp, text?: string): Promise<void> => {
    const box = workbench.page.locator('.quick-input-widget');
    const input = box.locator('input[type=text], input[type=password]');
    await box.getByText(question).or(box.getByPlaceholder(question)).first().waitFor();
    if (text !== undefined) await input.fill(text);
    await workbench.page.keyboard.press('Enter');
  };

  it('is added by answering questions, and is read at once', async () => {
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Add Connection', exact: true }).click();
    await answer(/What kind of topology/);
    await answer(/A name for the connection/, 'staging');
    await answer(/The endpoints of the global etcd/, etcd.address);
    await answer(/The global root/);
    await answer(/The etcd user/, 'root');
    await answer(/The password of root/, PASSWORD);
    await answer(/How is the connection encrypted/);
    await row(/^connection staging, \d errors/).waitFor();
    await row(/^error: customer\/-80 denies corder and customer, which it serves/).waitFor();
    await row(/^error: commerce\/0 does not deny corder and customer/).waitFor();
    await workbench.screenshot('connection-etcd-dark');
  });

  it('is saved in the user’s settings, without its password', async () => {
    await workbench.runCommand('Preferences: Open User Settings (JSON)');
    const text = workbench.page.locator('.monaco-editor .view-lines', { hasText: 'vitessTopo.connections' });
    await text.waitFor();
    const settings = await text.innerText();
    assert.match(settings, /staging/);
    assert.doesNotMatch(settings.replaceAll('\u00a0', ' '), new RegExp(PASSWORD));
  });

  it('can be given up while etcd hangs, and is as it was before', async () => {
    etcd.suspend();
    try {
      await workbench.runCommand('Vitess: Refresh');
      await row(/^connection staging, \d errors, refreshing/).waitFor();
      await workbench.page
        .locator('.statusbar')
        .getByRole('button', { name: /notification/i })
        .click();
      const progress = workbench.page.locator('.notification-list-item', { hasText: 'Refreshing staging' });
      await progress.waitFor();
      await workbench.screenshot('connection-refreshing-dark');
      await progress.getByRole('button', { name: 'Cancel' }).click();
      await row(/^connection staging, \d errors, read-only, etcd at/).waitFor();
      await workbench.page
        .locator('.notification-list-item', { hasText: 'Refreshing staging' })
        .waitFor({ state: 'detached' });
    } finally {
      etcd.resume();
    }
  });

  it('keeps what was read, marked as stale, when etcd is gone', async () => {
    await etcd.stop();
    await workbench.runCommand('Vitess: Refresh');
    await row(/^connection staging, stale since \d\d:\d\d, then \d errors/).waitFor();
    await row(/^(could not be refreshed|not followed any more): /).waitFor();
    await workbench.page
      .locator('.statusbar')
      .getByText(/Vitess: stale/)
      .waitFor();
    await workbench.screenshot('connection-stale-dark');
  });

  it('is removed after a question, and the view welcomes again', async () => {
    await workbench.runCommand('Vitess: Remove Connection');
    await answer(/Remove which connection/);
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Remove the connection staging?').waitFor();
    await workbench.screenshot('connection-remove-dark');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await workbench.page.locator('.sidebar').getByRole('button', { name: 'Open the Sample', exact: true }).waitFor();
  });
});
