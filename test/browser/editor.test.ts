import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';

const FOLDER = 'test/captures/12-reverse-vtctld-killed/cli';
const conflict =
  '✗ serving-side-denied: RoutingRules sends corder, customer to customer; commerce/0 does not deny them';

function settings(theme: string): Record<string, unknown> {
  return { 'workbench.colorTheme': theme, 'editor.minimap.enabled': false };
}

/** A code lens that can be seen, by a part of its text. */
function lens({ page }: Workbench, text: string): Locator {
  return page
    .locator('.codelens-decoration a, .codelens-decoration span', { hasText: text })
    .locator('visible=true')
    .first();
}

/** Waits until the tab of a file is in front. */
async function untilActive({ page }: Workbench, name: string): Promise<void> {
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

describe('the editor', function () {
  this.timeout(180_000);

  describe('on saved dumps, without a connection', () => {
    let workbench: Workbench;
    before(async () => {
      workbench = await openWorkbench({ folder: FOLDER, settings: settings('Default Dark Modern') });
    });
    after(() => workbench.close());

    it('says above the denied tables what contradicts them', async () => {
      await workbench.openFile('GetShard-customer--80.json');
      await lens(workbench, conflict).waitFor();
      const texts = await workbench.page.locator('.codelens-decoration').allInnerTexts();
      assert.deepEqual(
        texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== ''),
        [
          `${conflict} | → RoutingRules | → commerce/0`,
          '✗ RoutingRules: corder → customer.corder',
          '✗ RoutingRules: customer → customer.customer',
        ],
      );
      await workbench.page.locator('.squiggly-error').first().waitFor();
      await workbench.screenshot('dumps-shard-dark');
    });

    it('leads to the rule in the other file when a lens is clicked, and from there to the shards', async () => {
      await lens(workbench, '✗ RoutingRules: corder → customer.corder').click();
      await untilActive(workbench, 'GetRoutingRules.json');
      await lens(workbench, '✗ serving-side-denied: customer/-80, customer/80- deny corder').waitFor();
      await workbench.screenshot('dumps-rules-dark');
      await lens(workbench, '→ customer/80-').click();
      await untilActive(workbench, 'GetShard-customer-80-.json');
    });

    it('says in the SrvVSchema how many rules differ from the global ones', async () => {
      await workbench.openFile('GetSrvVSchemas.json');
      await lens(
        workbench,
        '✗ stale-srv-vschema: the global RoutingRules differs in 12 rules of corder, customer',
      ).waitFor();
      await workbench.screenshot('dumps-srv-vschema-dark');
    });

    it('lists what was found as Problems that lead to their explanation', async () => {
      await workbench.page.keyboard.press('Control+Shift+M');
      const problems = workbench.page.locator('.markers-panel');
      await problems.getByText('serving-side-denied').first().waitFor();
      await problems.getByText('commerce/0 does not deny corder and customer').first().waitFor();
      await workbench.screenshot('dumps-problems-dark');
      await problems.locator('a', { hasText: 'serving-side-denied' }).first().click();
      await workbench.page.locator('.tab.active', { hasText: 'serving-side-denied' }).waitFor();
    });
  });

  describe('on live records', () => {
    let workbench: Workbench;
    before(async () => {
      workbench = await openWorkbench({ folder: FOLDER, settings: settings('Default Light Modern') });
      // The palette lists a command once the window knows the extension, which its view's icon tells.
      await workbench.openViewContainer('Vitess Topo');
      await workbench.runCommand('Vitess: Open the Sample');
      await workbench.page.locator('.statusbar').getByText('Vitess: 4 errors').waitFor();
    });
    after(() => workbench.close());

    it('opens the record that is picked, the most broken offered first', async () => {
      await workbench.runCommand('Vitess: Open Record');
      const options = workbench.page.locator('.quick-input-list').getByRole('option');
      await options.filter({ hasText: 'zone1/SrvVSchema' }).first().waitFor();
      assert.match((await options.first().textContent()) ?? '', /Shard · 1 finding/);
      await workbench.screenshot('record-pick-light');
      await options.filter({ hasText: 'keyspaces/customer/shards/-80/Shard' }).first().click();
      await untilActive(workbench, 'Shard.json');
    });

    it('shows it with its contradictions, and leads to the other record', async () => {
      await lens(workbench, conflict).waitFor();
      await workbench.page.locator('.statusbar').getByText('JSON with Comments').waitFor();
      await workbench.screenshot('record-shard-light');
      await lens(workbench, '→ commerce/0').click();
      await lens(workbench, '✗ other-side-not-denied').waitFor();
      await workbench.screenshot('record-other-side-light');
    });

    it('offers at a Problem to copy the commands', async () => {
      const { page } = workbench;
      await page.keyboard.press('Control+Shift+M');
      const problem = page
        .locator('.markers-panel')
        .getByRole('treeitem', { name: /commerce\/0 accepts writes/ })
        .first();
      await problem.click();
      await page.keyboard.press('Control+.');
      const action = page.getByRole('menuitem', { name: 'Copy vtctldclient Commands for other-side-not-denied' });
      await action.waitFor();
      await workbench.screenshot('record-actions-light');
      await action.click();
      await page.getByText('Copied the commands for other-side-not-denied').first().waitFor();
    });

    it('shows saved dumps beside them, in light colours too', async () => {
      await workbench.openFile('GetShard-customer--80.json');
      await lens(workbench, conflict).waitFor();
      await workbench.screenshot('dumps-shard-light');
    });
  });
});
