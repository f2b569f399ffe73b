import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { loadCapture } from '../harness/capture.ts';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { eventsOf, TrafficVtctld } from '../harness/trafficVtctld.ts';

const FOLDER = 'test/browser/fixtures/empty';
/** The README shows this run in light and in dark colours: scripts/pictures.ts runs it twice. */
const shade = process.env['SHADE'] === 'light' ? 'light' : 'dark';

describe('a guarded switch', function () {
  this.timeout(120_000);
  let etcd: EtcdServer;
  let vtctld: TrafficVtctld;
  let history: string;
  let workbench: Workbench;

  const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();
  const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');
  const quickPick = (title: RegExp): Locator =>
    workbench.page.locator('.quick-input-widget').filter({ hasText: title });
  const shownInPreview = async (text: string): Promise<void> => {
    const texts = (): Promise<string[]> =>
      Promise.all(workbench.page.frames().map((frame) => frame.innerText('body', { timeout: 500 }).catch(() => '')));
    for (const deadline = Date.now() + 30_000; !(await texts()).some((shown) => shown.includes(text));) {
      assert.ok(Date.now() < deadline, `no preview shows ${text}`);
      await delay(100);
    }
  };
  const run = async (title: string): Promise<void> => {
    await row(/^connection staging/).focus();
    await workbench.runCommand(title);
  };
  /** Starts a command of the palette on the only move that there is. */
  const runOnMove = async (title: string): Promise<void> => {
    await run(title);
    await quickPick(/customer\.commerce2customer/).waitFor();
    await workbench.page.keyboard.press('Enter');
  };
  /** Closes all editors, and waits until none of them can take the focus any more. */
  const closeEditors = async (): Promise<void> => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.page.locator('.editor .tab').first().waitFor({ state: 'detached' });
    await delay(300);
  };
  /** Answers what the command asks before its confirmation; all tablet types are chosen beforehand. */
  const choose = async (title: RegExp): Promise<void> => {
    await quickPick(title).waitFor();
    await workbench.page.keyboard.press('Enter');
  };

  before(async () => {
    etcd = await startEtcd();
    await loadCapture(etcd, path.join(import.meta.dirname, '../captures/04-all-switched'), {
      cellAddress: etcd.address,
    });
    vtctld = await TrafficVtctld.start(etcd, 'customer');
    history = await mkdtemp(path.join(tmpdir(), 'vitess-topo-switch-'));
    workbench = await openWorkbench({
      folder: FOLDER,
      settings: {
        'workbench.colorTheme': shade === 'light' ? 'Default Light Modern' : 'Default Dark Modern',
        'vitessTopo.connections': [
          {
            name: 'staging',
            kind: 'etcd',
            endpoints: [etcd.address],
            vtctld: { address: vtctld.address },
            tablets: { via: 'vtctld' },
          },
        ],
        'vitessTopo.history.folder': history,
      },
    });
    await workbench.openViewContainer('Vitess Topo');
    await row(/^connection staging/).waitFor();
  });
  after(async () => {
    await workbench.close();
    vtctld.stop();
    await etcd.stop();
    await rm(history, { recursive: true, force: true });
  });

  it('asks whose traffic, shows what vtctld would do, and names everything before it starts', async () => {
    // A keyspace without contradictions is not unfolded.
    await row(/^keyspace customer/).click();
    await workbench.page.keyboard.press('ArrowRight');
    await row(/^move customer\.commerce2customer/).waitFor();
    await runOnMove('Vitess: Reverse Traffic…');
    await dialog().getByText('Allow writes to staging?').waitFor();
    await dialog().getByRole('button', { name: 'Allow Writes to staging' }).click();
    await choose(/Reverse whose traffic\?/);
    await dialog().getByText('ReverseTraffic of customer.commerce2customer on staging?').waitFor();
    for (const words of [/Tables: corder and customer/, /From customer to commerce/, /Traffic: primary, replica and/]) {
      await dialog().getByText(words).waitFor();
    }
    await workbench.screenshot(`switch-confirm-${shade}`);
    assert.deepEqual(
      vtctld.requests.map(({ dryRun }) => dryRun),
      [true],
    );
  });

  it('shows each change as it comes, and verifies what it left', async () => {
    vtctld.script = (_, request) => vtctld.play(eventsOf(request), 100);
    await dialog().getByRole('button', { name: 'Reverse Traffic' }).click();
    await shownInPreview('customer/-80 denies corder and customer');
    await workbench.screenshot(`switch-running-${shade}`);
    await shownInPreview('commerce serves corder and customer now');
    await row(/^move customer\.commerce2customer.*Reads Not Switched\. Writes Not Switched/).waitFor();
    await workbench.screenshot(`switch-done-${shade}`);
    const [id = ''] = await readdir(path.join(history, 'switches'));
    assert.deepEqual((await readdir(path.join(history, 'switches', id))).sort(), ['before', 'switch.json']);
  });

  it('opens the repair at once when the switch ends half way', async () => {
    vtctld.script = async (_, request) => {
      await vtctld.play(eventsOf(request).slice(0, 10), 50);
      await vtctld.giveUp();
    };
    await runOnMove('Vitess: Switch Traffic…');
    await choose(/Switch whose traffic\?/);
    await dialog().getByText('SwitchTraffic of customer.commerce2customer on staging?').waitFor();
    await dialog().getByRole('button', { name: 'Switch Traffic' }).click();
    await workbench.page
      .getByRole('tab', { name: /^Repair of / })
      .first()
      .waitFor();
    await row(/^connection staging, \d errors/).waitFor();
    // A preview that is loading takes the focus afterwards, and with it closes what was opened meanwhile.
    await shownInPreview('Repair of staging');
    await workbench.screenshot(`switch-contradictory-${shade}`);
  });

  it('tells in tree, timeline and runbook what came of it', async () => {
    const { page } = workbench;
    await closeEditors();
    await row(/^move customer\.commerce2customer/).click();
    await page.keyboard.press('ArrowRight');
    await run('Vitess: Show Timeline');
    await shownInPreview('customer/80- no longer denies corder and customer');
    await workbench.screenshot(`timeline-${shade}`);
    await closeEditors();
    await row(/^error: commerce\/0 denies corder and customer/).click();
    await page.locator('.codelens-decoration').first().waitFor();
    await workbench.screenshot(`tree-${shade}`);
    await closeEditors();
    await run('Vitess: Write Runbook');
    await page.locator('.view-line').first().waitFor();
    await run('Markdown: Open Preview');
    await shownInPreview('enforce denied tables');
    await workbench.screenshot(`runbook-${shade}`);
  });

  it('is refused while the records contradict each other', async () => {
    const calls = vtctld.requests.length;
    await runOnMove('Vitess: Switch Traffic…');
    await choose(/Switch whose traffic\?/);
    await shownInPreview('What stands in the way');
    assert.equal(vtctld.requests.length, calls);
  });
});
