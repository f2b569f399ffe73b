import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { RepairWorld } from '../cli/repairWorld.ts';

const FOLDER = 'test/browser/fixtures/empty';

describe('a repair', function () {
  this.timeout(120_000);

  describe('of the sample', () => {
    let workbench: Workbench;
    const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();
    before(async () => {
      workbench = await openWorkbench({
        folder: FOLDER,
        settings: { 'workbench.colorTheme': 'Default Dark Modern' },
      });
      await workbench.openViewContainer('Vitess Topo');
      await workbench.page.locator('.sidebar').getByRole('button', { name: 'Open the Sample', exact: true }).click();
      await row(/^connection sample, 4 errors/).waitFor();
    });
    after(() => workbench.close());

    it('is offered on the rows that can be repaired', async () => {
      const move = row(/^move commerce\.commerce2customer_reverse, 4 errors/);
      await move.hover();
      await move.getByRole('button', { name: 'Repair…' }).waitFor();
      await workbench.screenshot('repair-row-dark');
      await move.getByRole('button', { name: 'Repair…' }).click();
    });

    it('shows every record before and after, and the steps beside it', async () => {
      const { page } = workbench;
      await page.getByRole('tab', { name: /^Repair of sample \(4 files\)/ }).waitFor();
      await page.getByRole('tab', { name: /^Preview Repair of sample\.md/ }).waitFor();
      await page.locator('.multiDiffEntry', { hasText: 'denied_tables' }).first().waitFor();
      await workbench.screenshot('repair-plan-dark');
      // The records before and after are no findings, nor JSON that VS Code finds fault with.
      await page
        .locator('.statusbar')
        .getByRole('button', { name: /^Errors: 4, / })
        .waitFor();
    });

    it('is refused: a snapshot cannot be changed', async () => {
      const { page } = workbench;
      await workbench.runCommand('Vitess: Carry Out Repair…');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.getByText(/sample is a snapshot/).waitFor();
      await workbench.screenshot('repair-snapshot-refused-dark');
      await dialog.getByRole('button', { name: 'Copy vtctldclient Commands' }).waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
    });
  });

  describe('of a cluster', () => {
    let etcd: EtcdServer;
    let world: RepairWorld;
    let workbench: Workbench;
    const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();
    const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');
    /** Waits for a document that is shown rendered; it takes the focus last, and with it closes what was opened meanwhile. */
    const rendered = async (title: RegExp): Promise<void> => {
      await workbench.page.getByRole('tab', { name: title }).first().waitFor();
      await workbench.page.waitForFunction("document.activeElement?.tagName === 'IFRAME'");
    };
    /** Waits until a preview shows a text: one that is still loading takes the focus afterwards. */
    const shownInPreview = async (text: string): Promise<void> => {
      const texts = (): Promise<string[]> =>
        Promise.all(workbench.page.frames().map((frame) => frame.innerText('body', { timeout: 500 }).catch(() => '')));
      for (const deadline = Date.now() + 30_000; !(await texts()).some((shown) => shown.includes(text));) {
        assert.ok(Date.now() < deadline, `no preview shows ${text}`);
        await delay(100);
      }
    };
    /** Runs a command with the focus in the tree: a preview that is loading swallows keys. */
    const run = async (title: string): Promise<void> => {
      await row(/^connection staging/).focus();
      await workbench.runCommand(title);
    };
    before(async () => {
      etcd = await startEtcd();
      world = await RepairWorld.start(etcd, '12-reverse-vtctld-killed');
      workbench = await openWorkbench({
        folder: FOLDER,
        settings: {
          'workbench.colorTheme': 'Default Light Modern',
          'vitessTopo.connections': [{ name: 'staging', kind: 'etcd', endpoints: [etcd.address] }],
          'vitessTopo.history.folder': world.historyFolder,
        },
      });
      await workbench.openViewContainer('Vitess Topo');
    });
    after(async () => {
      await workbench.close();
      await world.stop();
      await etcd.stop();
    });

    it('starts read-only', async () => {
      await row(/^connection staging, \d errors, live, read-only/).waitFor();
    });

    it('is offered above a denied table, and shows its plan', async () => {
      const { page } = workbench;
      await row(/^error: customer\/-80 denies corder and customer, which it serves/).click();
      const lens = page.locator('.codelens-decoration').getByText('Repair denied tables of customer…');
      await lens.waitFor();
      await workbench.screenshot('repair-lens-light');
      const diff = page.getByRole('tab', { name: /^Repair of staging \(4 files\)/ });
      // Lenses are drawn anew while a document settles, and a click on one that goes is lost.
      for (let tries = 0; tries < 5 && (await diff.count()) === 0; tries++) {
        await lens.click();
        await diff.waitFor({ timeout: 5_000 }).catch(() => undefined);
      }
      await diff.waitFor();
      await rendered(/^Preview Repair of staging\.md/);
      await page.locator('.multiDiffEntry', { hasText: 'denied_tables' }).first().waitFor();
      await workbench.screenshot('repair-plan-light');
    });

    it('asks for the permission to write, then for this very repair, by name', async () => {
      const before = await world.records();
      await run('Vitess: Carry Out Repair…');
      await dialog().getByText('Allow writes to staging?').waitFor();
      await workbench.screenshot('repair-allow-writes-light');
      await dialog().getByRole('button', { name: 'Allow Writes to staging' }).click();
      await dialog().getByText('Repair staging?').waitFor();
      for (const words of [/Keyspaces: commerce and customer/, /Tables: corder and customer/, /Cells: zone1/]) {
        await dialog().getByText(words).waitFor();
      }
      await workbench.screenshot('repair-confirm-light');
      assert.deepEqual(await world.records(), before);
      await dialog().getByRole('button', { name: 'Repair', exact: true }).click();
    });

    it('repairs the records, has the tablets read them, and says how it went', async () => {
      await row(/^connection staging, no contradictions, live, writable/).waitFor();
      await rendered(/^Preview Run \d{8}T/);
      await workbench.screenshot('repair-done-light');
      assert.deepEqual(await world.errors(), []);
      const denied = world.tablets.all.map(
        ({ keyspace, shard, denied: tables }) => `${keyspace}/${shard} ${tables.join()}`,
      );
      assert.deepEqual(denied.sort(), ['commerce/0 corder,customer', 'customer/-80 ', 'customer/80- ']);
    });

    it('is kept in the history', async () => {
      const { page } = workbench;
      await run('View: Close All Editors');
      await run('Vitess: Show Repair History…');
      const item = page.locator('.quick-input-widget').getByRole('option', { name: /Repair of staging/ });
      await item.waitFor();
      await workbench.screenshot('repair-history-light');
      await item.click();
      await rendered(/^Preview Run \d{8}T/);
    });

    it('can be undone, after showing what that writes', async () => {
      const { page } = workbench;
      await run('Vitess: Undo Repair…');
      await page
        .locator('.quick-input-widget')
        .getByRole('option', { name: /Repair of staging/ })
        .click();
      await page.getByRole('tab', { name: /^Undo on staging \(4 files\)/ }).waitFor();
      await rendered(/^Preview Undo on staging\.md/);
      await page.locator('.multiDiffEntry', { hasText: 'denied_tables' }).first().waitFor();
      await run('Vitess: Carry Out Repair…');
      await dialog().getByText('Undo the run on staging?').waitFor();
      await workbench.screenshot('repair-undo-light');
      await dialog().getByRole('button', { name: 'Undo', exact: true }).click();
      await row(/^connection staging, \d errors, live, writable/).waitFor();
      assert.notDeepEqual(await world.errors(), []);
    });

    it('leaves a connection that can be made read-only again', async () => {
      await run('Vitess: Make Read-Only');
      await workbench.page
        .locator('.quick-input-widget')
        .getByRole('option', { name: /staging/ })
        .click();
      await row(/^connection staging, \d errors, live, read-only/).waitFor();
    });

    it('can be told beforehand not to switch', async () => {
      await row(/^move commerce → customer/).click({ button: 'right' });
      // A menu that has just opened takes no click, lest the one that opened it chooses.
      await workbench.page.getByRole('menuitem', { name: 'Pre-check ReverseTraffic' }).hover();
      await workbench.page.keyboard.press('Enter');
      await rendered(/^Preview Pre-check of ReverseTraffic/);
      await shownInPreview('Pre-check of ReverseTraffic');
      await workbench.screenshot('precheck-light');
    });

    it('takes an abandoned lock away after a question that names its holder', async () => {
      await etcd.client
        .put('/vitess/global/keyspaces/customer/locks/77')
        .value(
          JSON.stringify({
            Action: 'SwitchWrites',
            HostName: 'vtctld-host',
            UserName: 'vt',
            Time: '2026-11-24T02:01:58Z',
          }),
        )
        .exec();
      await run('Vitess: Release Lock…');
      const option = workbench.page
        .locator('.quick-input-widget')
        .getByRole('option', { name: /Abandoned lock on keyspace customer/ });
      await option.waitFor();
      await workbench.screenshot('lock-pick-light');
      await option.click();
      await dialog().getByRole('button', { name: 'Allow Writes to staging' }).click();
      await dialog().getByText('Release the lock on staging?').waitFor();
      await dialog()
        .getByText(/keyspace customer is taken away from vt@vtctld-host for SwitchWrites/)
        .waitFor();
      await workbench.screenshot('lock-release-light');
      await dialog().getByRole('button', { name: 'Release', exact: true }).click();
      await rendered(/^Preview Run \d{8}T/);
      assert.equal(await etcd.client.get('/vitess/global/keyspaces/customer/locks/77').string(), null);
    });
  });
});
