import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';

describe('the activity bar', function () {
  this.timeout(120_000);
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({ folder: 'samples/broken-reverse' });
  });
  after(() => workbench.close());

  it('opens the Vitess Topo view from its icon', async () => {
    await workbench.openViewContainer('Vitess Topo');
    await workbench.page.locator('.sidebar').getByText('Vitess Topo', { exact: false }).first().waitFor();
    await workbench.screenshot('activity-bar');
  });
});
