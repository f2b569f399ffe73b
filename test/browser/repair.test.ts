import type { Locator } from 'playwright-core';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';

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
      await page.locator('.statusbar').getByRole('button', { name: /^Errors: 4, / }).waitFor();
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
});
