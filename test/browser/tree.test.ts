import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';

const FOLDER = 'test/browser/fixtures/empty';

describe('the view', function () {
  this.timeout(120_000);

  describe('with the sample', () => {
    let workbench: Workbench;
    const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();
    before(async () => {
      workbench = await openWorkbench({
        folder: FOLDER,
        settings: { 'workbench.colorTheme': 'Default Dark Modern' },
      });
      await workbench.openViewContainer('Vitess Topo');
    });
    after(() => workbench.close());

    it('welcomes, and its first button opens the sample', async () => {
      const welcome = workbench.page.locator('.sidebar').getByRole('button', { name: 'Open the Sample', exact: true });
      await welcome.waitFor();
      await workbench.screenshot('view-welcome-dark');
      await welcome.click();
      await row(/^connection sample, 4 errors/).waitFor();
    });

    it('shows what is broken, open and first', async () => {
      await row(/^keyspace customer, 4 errors/).waitFor();
      await row(/^move commerce\.commerce2customer_reverse, 4 errors: customer\/-80 denies/).waitFor();
      await row(/^error: customer\/80- denies corder and customer, which it serves/).waitFor();
      const keyspaces = workbench.page.locator('.sidebar').getByRole('treeitem', { name: /^keyspace / });
      const names = await Promise.all((await keyspaces.all()).map((each) => each.getAttribute('aria-label')));
      assert.deepEqual(
        names.map((name) => name?.split(',')[0]),
        ['keyspace customer', 'keyspace commerce'],
      );
      await workbench.screenshot('view-sample-dark');
    });

    it('counts the errors on its icon and in the status bar', async () => {
      await workbench.page.locator('.activitybar .badge-content', { hasText: /^4$/ }).waitFor();
      const status = workbench.page.locator('.statusbar').getByText('Vitess: 4 errors');
      await status.waitFor();
      const label = workbench.page
        .locator('.statusbar')
        .getByRole('button', { name: /connection sample: 4 errors, snapshot/ });
      await label.waitFor();
    });

    it('opens the record at the place when a finding is clicked', async () => {
      await row(/^error: customer\/-80 denies/).click();
      await workbench.page.getByRole('tab', { name: /Shard\.json/ }).waitFor();
      await workbench.page.locator('.monaco-editor .view-lines', { hasText: 'denied_tables' }).waitFor();
      await workbench.screenshot('view-finding-opened-dark');
    });

    it('leads from the source keyspace to the move', async () => {
      await row(/^move to customer, commerce\.commerce2customer_reverse/).click();
      const name = /^move commerce\.commerce2customer_reverse/;
      await workbench.page.locator('.sidebar').getByRole('treeitem', { name, selected: true }).waitFor();
    });

    it('shows the matrix of a move, table by table and cell by cell', async () => {
      await row(/^2 tables, all traffic → customer/).click();
      await row(/^table corder, all traffic → customer/).click();
      await row(/^table corder in zone1: all traffic → customer/).waitFor();
      await workbench.screenshot('view-matrix-dark');
    });

    it('writes a report and shows Problems', async () => {
      await workbench.runCommand('Vitess: Diagnose');
      await workbench.page.getByRole('tab', { name: /Diagnosis of sample/ }).waitFor();
      await workbench.page.locator('.markers-panel').getByText('other-side-not-denied').first().waitFor();
      await workbench.screenshot('report-dark');
    });

    it('explains a finding from its code in Problems', async () => {
      await workbench.page.locator('.markers-panel').getByText('other-side-not-denied').first().click();
      await workbench.page.getByRole('tab', { name: /other-side-not-denied\.md/ }).waitFor();
      await workbench.screenshot('finding-help-dark');
    });
  });

  describe('with connections that do not work', () => {
    let workbench: Workbench;
    before(async () => {
      workbench = await openWorkbench({
        folder: FOLDER,
        settings: {
          'workbench.colorTheme': 'Default Light Modern',
          'vitessTopo.connections': [
            { name: 'closed', kind: 'etcd', endpoints: ['127.0.0.1:1'] },
            { name: 'misspelt', kind: 'etcd', endpoint: '127.0.0.1:2379' },
          ],
        },
      });
      await workbench.openViewContainer('Vitess Topo');
    });
    after(() => workbench.close());

    it('says that nothing answers, and offers to retry', async () => {
      const sidebar = workbench.page.locator('.sidebar');
      await sidebar.getByText(/nothing answers at the connection's address/).waitFor();
      await sidebar.getByRole('button', { name: 'Retry' }).waitFor();
      await workbench.page.locator('.statusbar').getByText('Vitess: could not be read').waitFor();
      await workbench.screenshot('view-unreachable-light');
    });

    it('gives the reason in words', async () => {
      await workbench.page.locator('.sidebar').getByRole('button', { name: 'Show the Reason' }).click();
      await workbench.page.getByRole('tab', { name: /Diagnosis of closed/ }).waitFor();
      await workbench.screenshot('report-unreachable-light');
    });

    it('names the entry and the field of settings that are wrong', async () => {
      await workbench.page
        .locator('.statusbar')
        .getByRole('button', { name: /notification/i })
        .click();
      const center = workbench.page.locator('.notifications-center');
      await center.getByText(/vitessTopo\.connections: "misspelt": endpoint is unknown here/).waitFor();
      await workbench.screenshot('settings-problem-light');
    });

    it('shows rows as soon as there is something to show, and the failure beside it', async () => {
      await workbench.runCommand('Vitess: Open the Sample');
      const sidebar = workbench.page.locator('.sidebar');
      await sidebar.getByRole('treeitem', { name: /^connection sample, 4 errors, active/ }).waitFor();
      await sidebar.getByRole('treeitem', { name: /^connection closed, could not be read/ }).waitFor();
      await sidebar.getByRole('treeitem', { name: /^could not be read: / }).waitFor();
      await workbench.screenshot('view-two-connections-light');
    });
  });
});
