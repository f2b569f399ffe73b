import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { RunRecord } from '../../src/repair/ports.ts';
import { RepairWorld } from '../cli/repairWorld.ts';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startVtctld } from '../harness/vtctldStandIn.ts';
import type { StandInVtctld } from '../harness/vtctldStandIn.ts';

/** The primary of the side that a repair of the capture denies. */
const source = 'zone1-0000000100';
/** Longer than everything that a test does meanwhile. */
const held = { slowMs: 8000 };

describe('a repair that does not go straight through', function () {
  this.timeout(120_000);
  let etcd: EtcdServer;
  let world: RepairWorld;
  let vtctld: StandInVtctld;
  let workbench: Workbench;
  let broken: ReadonlyMap<string, string>;

  const row = (name: RegExp): Locator => workbench.page.locator('.sidebar').getByRole('treeitem', { name }).first();
  const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');
  const notification = (text: string | RegExp): Locator =>
    workbench.page.locator('.notification-list-item', { hasText: text }).first();
  const press = (item: Locator, name: string): Promise<void> => item.getByRole('button', { name, exact: true }).click();
  const input = (): Locator => workbench.page.locator('.quick-input-widget');
  const option = (name: RegExp): Locator => input().getByRole('option', { name }).first();
  /** Runs a command with the focus in the tree: a preview that is loading swallows keys. */
  const run = async (title: string): Promise<void> => {
    await row(/^connection staging/).focus();
    await workbench.runCommand(title);
  };
  /** Waits until a rendered document shows all texts. */
  const shown = async (...texts: (string | RegExp)[]): Promise<void> => {
    const holds = (body: string): boolean =>
      texts.every((text) => (typeof text === 'string' ? body.includes(text) : text.test(body)));
    await until(`no document shows ${texts.join(' and ')}`, async () => {
      const frames = workbench.page.frames().slice(1);
      const bodies = await Promise.all(
        frames.map((frame) => frame.innerText('body', { timeout: 500 }).catch(() => '')),
      );
      return bodies.find(holds);
    });
  };
  /** Waits for a preview, which takes the focus last, and with it closes what was opened meanwhile. */
  const rendered = async (title: RegExp): Promise<void> => {
    await workbench.page.getByRole('tab', { name: title }).first().waitFor();
    await workbench.page.waitForFunction("document.activeElement?.tagName === 'IFRAME'");
  };
  const lastRun = async (): Promise<RunRecord> => (await world.runs())[0] ?? assert.fail('no run is recorded');
  /** Waits until the newest run is in this step. */
  const inStep = (title: string): Promise<RunRecord> =>
    until(`no run is in the step ${title}`, async () => {
      const [newest] = await world.runs();
      const isIn = newest?.steps.some((step) => step.status === 'running' && step.title.startsWith(title));
      return isIn === true ? newest : undefined;
    });
  /** Answers the question whether this very plan is to be carried out, and before it whether its connection may be written. */
  const agree = async (question: string, action: string): Promise<void> => {
    const allow = dialog().getByRole('button', { name: /^Allow Writes to / });
    await dialog().getByText(question).or(allow).waitFor();
    if ((await allow.count()) > 0) await allow.click();
    await dialog().getByText(question).waitFor();
    await press(dialog(), action);
  };
  /** Plans the repair of everything and has it carried out. */
  const repair = async (): Promise<void> => {
    await run('Vitess: Repair…');
    await press(notification('Repair of staging: '), 'Repair…');
    await agree('Repair staging?', 'Repair');
  };

  before(async () => {
    etcd = await startEtcd();
    world = await RepairWorld.start(etcd, '12-reverse-vtctld-killed');
    broken = await world.records();
    vtctld = await startVtctld({ tablets: world.tablets, auth: { user: 'me', password: 'right' } });
    const through = { via: 'vtctld', vtctld: `127.0.0.1:${vtctld.server.port}`, user: 'me' };
    workbench = await openWorkbench({
      folder: 'test/browser/fixtures/empty',
      toasts: true,
      settings: {
        'workbench.colorTheme': 'Default Dark Modern',
        'vitessTopo.connections': [
          { name: 'staging', kind: 'etcd', endpoints: [etcd.address] },
          { name: 'guarded', kind: 'etcd', endpoints: [etcd.address], tablets: through },
        ],
        'vitessTopo.history.folder': world.historyFolder,
      },
    });
    await workbench.openViewContainer('Vitess Topo');
    await row(/^connection staging, \d errors, .*read-only/).waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await workbench.screenshot(`failed ${this.currentTest.title.slice(0, 40)}`);
  });
  beforeEach(async () => {
    await world.restore(broken);
    await run('Vitess: Refresh');
    await run('View: Close All Editors');
    await run('Notifications: Clear All Notifications');
  });
  after(async () => {
    await workbench.close();
    vtctld.stop();
    await world.stop();
    await etcd.stop();
  });

  it('is cancelled between its steps from the notification, and takes back what it denied', async () => {
    await world.tablets.get(source).setFault({ slowMs: 2000 });
    await repair();
    const progress = notification('Confirm what is denied');
    await progress.waitFor();
    await workbench.screenshot('repair-progress-dark');
    await press(progress, 'Cancel');
    await notification(/Not repaired: what was written was taken back/).waitFor();
    await shown('It was cancelled.', 'What was denied was taken back');
    assert.equal((await lastRun()).status, 'undone');
    assert.deepEqual(await world.records(), broken);
  });

  it('goes on without a primary that does not confirm only for who types its keyspace', async () => {
    await world.tablets.get(source).setFault('error');
    await repair();
    const undone = notification(/Not repaired: what was written was taken back/);
    await undone.waitFor();
    await workbench.screenshot('repair-unconfirmed-dark');
    assert.deepEqual(await world.records(), broken);
    await press(undone, 'Force…');
    const box = input().locator('input[type=text]');
    await input()
      .getByText(/A primary of commerce did not confirm that it denies/)
      .waitFor();
    await box.fill('customer');
    await input()
      .getByText(/This is not commerce\./)
      .waitFor();
    await workbench.screenshot('repair-force-dark');
    await box.press('Enter');
    await delay(300);
    assert.ok(await box.isVisible(), 'another name is no answer');
    assert.deepEqual(await world.records(), broken);
    await box.fill('commerce');
    await box.press('Enter');
    await dialog()
      .getByText(/FORCED: a primary of commerce that does not confirm/)
      .waitFor();
    await workbench.screenshot('repair-forced-confirm-dark');
    await agree('Repair staging?', 'Repair');
    await shown('Forced, gone on without a confirmation', 'zone1-0000000100');
    assert.equal((await lastRun()).status, 'done');
    assert.deepEqual(await world.errors(), []);
  });

  it('turns a move to the keyspace that is picked, after a warning of the rows that this leaves', async () => {
    await row(/^move commerce → customer/).click({ button: 'right' });
    await workbench.page.getByRole('menuitem', { name: 'Serve From…' }).hover();
    await workbench.page.keyboard.press('Enter');
    const commerce = option(/^commerce/);
    await commerce.getByText(/Rows that were written on customer are missing or stale there/).waitFor();
    await workbench.screenshot('serve-from-pick-dark');
    await commerce.click();
    await shown('Rows that were written on customer are missing or stale there', 'Steps');
    await press(notification('Repair of staging: '), 'Repair…');
    await dialog()
      .getByText(/Rows that were written on customer are missing or stale there/)
      .waitFor();
    await workbench.screenshot('serve-from-confirm-dark');
    await agree('Repair staging?', 'Repair');
    await shown('Done, and verified');
    const { moves } = (await world.judged()).diagnosed;
    const primaries = moves.flatMap(({ matrix }) => matrix.filter(({ type }) => type === 'primary'));
    assert.equal(primaries.length, 2);
    for (const { servedBy } of primaries) assert.deepEqual(servedBy, { kind: 'keyspace', keyspace: 'commerce' });
    assert.deepEqual(await world.errors(), []);
  });

  /** Kills the process of a repair that waits for a tablet, and opens the window again. */
  const cutOff = async (): Promise<RunRecord> => {
    await world.tablets.get(source).setFault(held);
    await repair();
    const begun = await inStep('Confirm what is denied');
    process.kill(begun.who.processId, 'SIGKILL');
    await notification(/The worker process ended by SIGKILL without saying how the run went/).waitFor();
    await world.tablets.get(source).setFault(undefined);
    await world.expireLocks();
    assert.notDeepEqual(await world.records(), broken);
    await reload();
    return begun;
  };
  const reload = async (): Promise<void> => {
    await workbench.page.reload();
    await row(/^connection staging, /).waitFor({ timeout: 60_000 });
  };

  it('is offered again at the next start when it was cut off, and is finished', async () => {
    await cutOff();
    const offer = notification(/staging: The repair that .* ended without a result/);
    await offer.waitFor();
    await workbench.screenshot('repair-cut-off-dark');
    await press(offer, 'Finish…');
    await press(notification('Repair of staging: '), 'Repair…');
    await agree('Repair staging?', 'Repair');
    await shown('Done, and verified');
    assert.deepEqual(await world.errors(), []);
  });

  it('is undone from that offer, byte for byte', async () => {
    const begun = await cutOff();
    await press(notification(/staging: The repair that .* ended without a result/), 'Undo…');
    await press(notification('Undo on staging: '), 'Undo…');
    await agree('Undo the run on staging?', 'Undo');
    await shown(`Undo of ${begun.id}`, 'Done, and verified');
    assert.deepEqual(await world.records(), broken);
  });

  it('goes on to its end when the window is loaded again meanwhile, and the history has it', async () => {
    await world.tablets.get(source).setFault({ slowMs: 4000 });
    await repair();
    const begun = await inStep('Confirm what is denied');
    await reload();
    const ended = await until('the run does not end', async () => {
      const newest = await lastRun();
      return newest.status === 'running' ? undefined : newest;
    });
    // What an earlier window made of a plan is gone: its tabs would show a plan that changes nothing.
    assert.equal(await workbench.page.getByRole('tab', { name: /Repair of staging/ }).count(), 0);
    assert.deepEqual([ended.id, ended.status], [begun.id, 'done'], ended.message);
    assert.deepEqual(await world.errors(), []);
    assert.equal(await notification(/ended without a result/).count(), 0);
    await run('Vitess: Show Repair History…');
    await option(/Repair of staging/).click();
    await shown(begun.id, 'Done, and verified');
  });

  it('asks for vtctld’s password, and again after a wrong one', async () => {
    await run('Vitess: Use Connection for Lenses and Status Bar');
    await option(/^guarded/).click();
    await run('Vitess: Repair…');
    await press(notification('Repair of guarded: '), 'Repair…');
    await agree('Repair guarded?', 'Repair');
    const password = input().locator('input[type=password]');
    await input()
      .getByText(/Password of me at vtctld 127\.0\.0\.1/)
      .waitFor();
    await workbench.screenshot('vtctld-password-dark');
    await password.fill('wrong');
    await password.press('Enter');
    await shown('invalid credentials');
    assert.deepEqual(await world.records(), broken);
    await press(notification(/Not repaired: what was written was taken back/), 'Enter vtctld Password…');
    await rendered(/^Preview Repair of guarded\.md/);
    await run('Vitess: Carry Out Repair…');
    await agree('Repair guarded?', 'Repair');
    await password.fill('right');
    await password.press('Enter');
    await shown('Done, and verified');
    assert.deepEqual(await world.errors(), []);
    for (const recorded of await world.runs()) {
      assert.doesNotMatch(JSON.stringify(recorded), /"(wrong|right)"/, `a password is in the run ${recorded.id}`);
    }
  });
});

/** What `look` finds, as soon as it finds something. */
async function until<T>(failure: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 30_000; ;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < deadline, failure);
    await delay(100);
  }
}
