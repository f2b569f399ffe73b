import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { RepairWorld } from '../cli/repairWorld.ts';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('a workspace that is not trusted', function () {
  this.timeout(120_000);
  let folder: string;
  let found: ReadonlyMap<string, string>;
  let workbench: Workbench;
  let etcd: EtcdServer;
  let world: RepairWorld;
  const sidebar = (): Locator => workbench.page.locator('.sidebar');
  const row = (name: RegExp): Locator => sidebar().getByRole('treeitem', { name });

  before(async () => {
    folder = await scratchFolder('untrusted');
    // A folder with everything that the extension looks for: dumps, a snapshot, and a connection of its own.
    await cp(path.join(ROOT, 'samples/broken-reverse'), folder, { recursive: true });
    const connections = [{ name: 'theirs', kind: 'snapshot', folder: '${workspaceFolder}' }];
    await mkdir(path.join(folder, '.vscode'));
    await writeFile(
      path.join(folder, '.vscode/settings.json'),
      JSON.stringify({ 'vitessTopo.connections': connections }),
    );
    found = await contents(folder);
    etcd = await startEtcd();
    world = await RepairWorld.start(etcd, '12-reverse-vtctld-killed');
    const healthy = path.join(ROOT, 'test/captures/04-all-switched');
    workbench = await openWorkbench({
      folder,
      workspaceTrust: true,
      settings: {
        'workbench.colorTheme': 'Default Dark Modern',
        'vitessTopo.connections': [
          { name: 'mine', kind: 'snapshot', folder: healthy },
          { name: 'cluster', kind: 'etcd', endpoints: [etcd.address] },
        ],
        'vitessTopo.history.folder': world.historyFolder,
      },
    });
    await workbench.openViewContainer('Vitess Topo');
  });
  after(async () => {
    await workbench.close();
    await world.stop();
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives connections of the user’s settings and none of its own', async () => {
    await workbench.page
      .locator('.statusbar')
      .getByText(/Restricted Mode/)
      .waitFor();
    await row(/^connection mine, /).waitFor();
    assert.equal(await row(/^connection theirs/).count(), 0);
  });

  it('shows the sample and lenses on its own dumps', async () => {
    await workbench.runCommand('Vitess: Open the Sample');
    await row(/^connection sample, 4 errors/).waitFor();
    await workbench.openFile('GetShard-customer--80.json');
    await workbench.page
      .locator('.codelens-decoration')
      .getByText(/serving-side-denied/)
      .first()
      .waitFor();
    await workbench.screenshot('untrusted-dark');
  });

  it('writes nothing when a connection is to be added or a snapshot to be exported', async () => {
    await workbench.runCommand('Vitess: Add Connection');
    await workbench.runCommand('Vitess: Export Snapshot');
    await workbench.page
      .locator('.statusbar')
      .getByRole('button', { name: /notification/i })
      .click();
    const center = workbench.page.locator('.notifications-center');
    await center.getByText('Adding a connection needs a trusted workspace').waitFor();
    await center.getByText('Exporting a snapshot needs a trusted workspace').waitFor();
    await workbench.screenshot('untrusted-refusals-dark');
  });

  it('shows what a repair of a cluster would write, and carries nothing out', async () => {
    const before = await world.records();
    const { page } = workbench;
    await row(/^connection cluster, /).click();
    await row(/^connection cluster, \d errors, .*read-only/).waitFor();
    await workbench.runCommand('Vitess: Use Connection for Lenses and Status Bar');
    await page
      .locator('.quick-input-widget')
      .getByRole('option', { name: /^cluster/ })
      .click();
    await workbench.runCommand('Vitess: Repair…');
    await page.getByRole('tab', { name: /^Preview Repair of cluster\.md/ }).waitFor();
    await page.waitForFunction("document.activeElement?.tagName === 'IFRAME'");
    await row(/^connection cluster, /).focus();
    await workbench.runCommand('Vitess: Carry Out Repair…');
    await row(/^connection cluster, /).focus();
    await workbench.runCommand('Vitess: Allow Writes…');
    await page
      .locator('.quick-input-widget')
      .getByRole('option', { name: /^cluster/ })
      .click();
    await row(/^connection cluster, /).focus();
    await workbench.runCommand('Notifications: Show Notifications');
    const center = page.locator('.notifications-center');
    await center.getByText('Repair of cluster needs a trusted workspace').waitFor();
    await center.getByText('Writing to cluster needs a trusted workspace').waitFor();
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
    assert.deepEqual(await world.records(), before);
    assert.deepEqual(await world.runs(), []);
  });

  it('is as it was, file by file', async () => {
    assert.deepEqual(await contents(folder), found);
  });

  it('gives its own connections too as soon as it is trusted', async () => {
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await row(/^connection theirs, /).waitFor();
    await workbench.page
      .locator('.statusbar')
      .getByText(/Restricted Mode/)
      .waitFor({ state: 'detached' });
  });
});

/** Every file of a folder with its bytes. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = files.sort().map(async (file) => [file, await readFile(file, 'latin1')] as const);
  return new Map(await Promise.all(read));
}
