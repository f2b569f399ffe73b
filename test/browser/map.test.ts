import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator, Locator } from 'playwright-core';
import { openWorkbench } from '../harness/editor/workbench.ts';
import type { Workbench } from '../harness/editor/workbench.ts';
import { allElements, parseXml, textOf } from '../support/xml.ts';

const FOLDER = 'test/browser/fixtures/empty';

/** The page inside of the panel that is in front. */
function pageOf({ page }: Workbench): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** The colour that a shape of the map is filled with, as the browser computes it. */
async function colourOf({ page }: Workbench, selector: string): Promise<string> {
  for (const frame of page.frames()) {
    const found = await frame.locator(selector).count();
    if (found > 0) return frame.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).fill`);
  }
  throw new Error(`no frame has ${selector}`);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'it did not come true in 15 s');
    await delay(100);
  }
}

async function openMap(workbench: Workbench): Promise<FrameLocator> {
  const { page } = workbench;
  await workbench.openViewContainer('Vitess Topo');
  const move = page.locator('.sidebar').getByRole('treeitem', { name: /^move commerce\.commerce2customer_reverse/ });
  const welcome = page.locator('.sidebar').getByRole('button', { name: 'Open the Sample', exact: true });
  await welcome.or(move).first().waitFor();
  if (await welcome.isVisible()) await welcome.click();
  await move.first().hover();
  await move.first().getByRole('button', { name: 'Show Map of Move' }).click();
  await page.getByRole('tab', { name: /^Map of commerce\.commerce2customer_reverse/ }).waitFor();
  const map = pageOf(workbench);
  await map.locator('svg.move-map').waitFor();
  // Off everything that shows a hover.
  await page.mouse.move(1000, 890);
  return map;
}

describe('the map', function () {
  this.timeout(180_000);

  describe('of the sample', () => {
    let workbench: Workbench;
    let map: FrameLocator;
    let folder: string;
    /** What the map's policy kept from loading or running, as the browser reports it. */
    const refused: string[] = [];
    const spot = (name: RegExp): Locator => map.locator('#stage').getByRole('button', { name }).first();
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'vitess-topo-map-'));
      workbench = await openWorkbench({
        folder: FOLDER,
        settings: { 'workbench.colorTheme': 'Default Dark Modern', 'files.simpleDialog.enable': true },
      });
      workbench.page.on('console', (message) => {
        const text = message.text();
        if (/default-src 'none'; script-src 'nonce-|Vitess|map\.js/.test(text)) refused.push(text);
      });
      workbench.page.on('console', (message) => {
        if (message.text().includes("script-src 'nonce-")) refused.push(message.text());
      });
      map = await openMap(workbench);
    });
    after(async () => {
      await workbench.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('is drawn with its contradictions as signs in the colour of errors', async () => {
      const signs = map.locator('svg.move-map .sign.error .shape');
      assert.equal(await signs.count(), 12);
      const colour = await colourOf(workbench, 'svg.move-map .sign.error .shape');
      const [red = 0, green = 0, blue = 0] = (/\d+, \d+, \d+/.exec(colour)?.[0] ?? '').split(', ').map(Number);
      assert.ok(red > 200 && green < 120 && blue < 120, colour);
      await map.locator('svg.move-map').getByText('writes denied').first().waitFor();
      await workbench.screenshot('map-dark');
    });

    it('is one image to a screen reader, with its words below', async () => {
      const image = map.getByRole('img', { name: /Verdict: 4 errors\. .*error 1: customer\/-80 denies/ });
      await image.waitFor();
      const row = map.getByRole('row', { name: /zone1/ });
      await row.getByRole('cell', { name: 'customer, which denies corder and customer' }).waitFor();
      await map.getByRole('heading', { name: 'Target keyspace customer' }).waitFor();
    });

    it('leads from a part to its record with the keyboard', async () => {
      await spot(/^shard customer\/-80/).focus();
      await workbench.page.keyboard.press('Enter');
      await workbench.page.getByRole('tab', { name: /Shard\.json/ }).waitFor();
      await workbench.page.locator('.monaco-editor .view-lines', { hasText: 'denied_tables' }).waitFor();
    });

    it('is there again when its tab is', async () => {
      await workbench.page.getByRole('tab', { name: /^Map of commerce/ }).click();
      await map.locator('svg.move-map').waitFor();
      const finding = map.locator('#words').getByRole('button', { name: /^error 3: commerce\/0 accepts writes/ });
      await finding.focus();
      await workbench.page.keyboard.press('Enter');
      const header = 'keyspaces/commerce/shards/0/Shard';
      await workbench.page.locator('.monaco-editor .view-lines', { hasText: header }).first().waitFor();
      await workbench.page.getByRole('tab', { name: /^Map of commerce/ }).click();
      await map.locator('svg.move-map').waitFor();
    });

    it('grows and fits again by its keys, with every part in its place', async () => {
      const width = async (): Promise<number> => Number(await map.locator('svg.move-map').getAttribute('width'));
      const fitting = await width();
      await map.locator('#scroll').focus();
      await workbench.page.keyboard.press('+');
      await workbench.page.keyboard.press('+');
      assert.ok(Math.abs((await width()) / fitting - 1.44) < 0.01);
      const [shape, button] = await Promise.all([
        map.locator('svg.move-map rect.box.error').first().boundingBox(),
        spot(/^shard commerce\/0/).boundingBox(),
      ]);
      assert.ok(shape && button);
      assert.ok(Math.abs(shape.x - button.x) < 3 && Math.abs(shape.width - button.width) < 6);
      await workbench.screenshot('map-zoomed-dark');
      await workbench.page.keyboard.press('0');
      assert.equal(await width(), fitting);
    });

    it('is written to an SVG file that stands alone', async () => {
      const { page } = workbench;
      await map.getByRole('button', { name: 'Export as SVG…' }).click();
      const box = page.locator('.quick-input-widget');
      const input = box.locator('input[type=text]');
      const file = path.join(folder, 'map.svg');
      // The dialog offers a name last of all.
      await until(async () => (await input.inputValue()).endsWith('map of commerce.commerce2customer_reverse.svg'));
      await input.fill(file);
      await box.getByRole('button', { name: 'OK' }).click();
      await page
        .getByText(/Exported the map of commerce\.commerce2customer_reverse/)
        .first()
        .waitFor();
      const root = parseXml(await readFile(file, 'utf8'));
      assert.ok(allElements(root).some((element) => textOf(element) === 'writes denied'));
    });

    it('runs and loads nothing that its policy refuses', () => {
      assert.deepEqual(refused, []);
    });

    for (const [name, theme, paper] of [
      ['light', 'Light Modern', 'rgb(255, 255, 255)'],
      ['high-contrast', 'Dark High Contrast', 'rgb(0, 0, 0)'],
      ['high-contrast-light', 'Light High Contrast', 'rgb(255, 255, 255)'],
    ] as const) {
      it(`takes the colours of the theme ${theme} as soon as it is chosen`, async () => {
        const { page } = workbench;
        await workbench.runCommand('Preferences: Color Theme');
        const box = page.locator('.quick-input-widget');
        await box.locator('input[type=text]').fill(theme);
        await box.getByRole('option', { name: theme }).first().click();
        await until(async () => (await colourOf(workbench, 'svg.move-map .paper')) === paper);
        assert.notEqual(await colourOf(workbench, 'svg.move-map .title'), paper);
        await page.mouse.move(1000, 890);
        await page.locator('.workbench-hover').waitFor({ state: 'hidden' });
        await workbench.screenshot(`map-${name}`);
      });
    }
  });
});
