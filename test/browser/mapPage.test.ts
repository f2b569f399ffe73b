import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { TopologyMoment } from '../../src/diagnose/topologyMoment.ts';
import type { Session } from '../../src/host/session.ts';
import { parsePageMessage, type PageMessage } from '../../src/map/panelMessages.ts';
import { mapPage } from '../../src/panel/mapPage.ts';
import { mapPicture, type MapPicture } from '../../src/panel/mapPicture.ts';
import { launchChromium } from '../harness/editor/browser.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';

const bundle = path.resolve(import.meta.dirname, '../../dist/map.js');
const subject = { connection: 'sample', move: 'customer.commerce2customer' };

/** Three moments of the captured move, as a connection that is watched would remember them. */
const moments: readonly TopologyMoment[] = [
  ['01-created', ''],
  ['02-rdonly-switched', 'RoutingRules sends rdonly reads of corder to customer'],
  ['04-all-switched', 'commerce/0 denies <script>alert(1)</script>'],
].map(([capture = '', text = ''], index) => ({
  at: Date.UTC(2026, 10, 24, 2, index),
  revision: String(100 + index),
  events:
    text === ''
      ? []
      : [{ at: 0, kind: 'routing-rules', record: 'RoutingRules', text, keyspaces: [], tables: [] } as const],
  topology: diagnosed(loadCapture(capture)),
}));
const newest = loadCapture('04-all-switched');
const session: Session = {
  connection: { name: 'sample', kind: 'etcd', detail: '' },
  state: { status: 'loaded', topology: { data: newest, diagnosed: diagnosed(newest), loadedAt: 0 } },
};

function picture(key?: string, of: readonly TopologyMoment[] = moments): MapPicture {
  return mapPicture({ ...session, moments: of }, subject, key);
}

describe('the page of a map, in a browser of its own', function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let version = 0;
  const received: PageMessage[] = [];
  const errors: string[] = [];

  /** Sends a picture as the extension does. */
  async function show({ content }: MapPicture): Promise<void> {
    version += 1;
    await page.evaluate(`postMessage(${JSON.stringify({ ...content, version })}, '*')`);
    await page.locator('#moment', { hasText: content.timeline?.title ?? '' }).waitFor();
  }

  /** What the page asked for, answered as the extension answers. */
  async function answer(): Promise<PageMessage | undefined> {
    await page.evaluate('new Promise(requestAnimationFrame)');
    const message = received.pop();
    if (message?.type === 'moment') await show(picture(message.key));
    return message;
  }

  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.route('http://map.test/**', async (route) => {
      if (route.request().url().endsWith('/map.js')) {
        await route.fulfill({ contentType: 'text/javascript', body: await readFile(bundle) });
      } else {
        const body = mapPage({ script: 'http://map.test/map.js', nonce: 'n0nce' });
        await route.fulfill({ contentType: 'text/html', body });
      }
    });
    await page.exposeFunction('receive', (value: unknown) => {
      const message = parsePageMessage(value);
      assert.ok(message, JSON.stringify(value));
      received.push(message);
    });
    await page.addInitScript(`
      let state;
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.receive(message),
        getState: () => state,
        setState: (next) => { state = next; window.kept = next; },
      });`);
    await page.goto('http://map.test/');
  });
  after(() => browser.close());

  it('asks for a picture and shows the newest moment', async () => {
    assert.deepEqual(await answer(), { type: 'ready' });
    await show(picture());
    assert.match((await page.locator('#moment').textContent()) ?? '', /^3 of 3: 2026-11-24T02:02:00Z, revision 102: /);
    assert.equal(await page.locator('#next').isDisabled(), true);
    assert.deepEqual(await page.evaluate('window.kept'), subject);
  });

  it('goes through the moments with the arrow keys of its slider, and says each', async () => {
    await page.locator('#slider').focus();
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await answer(), { type: 'moment', key: '101@1795485660000' });
    const words = '2 of 3: 2026-11-24T02:01:00Z, revision 101: RoutingRules sends rdonly reads of corder to customer';
    assert.equal(await page.locator('#moment').textContent(), words);
    assert.equal(await page.locator('#slider').getAttribute('aria-valuetext'), words);
    assert.equal(await page.locator('[aria-live=polite]#moment').count(), 1);
    await page.keyboard.press('Home');
    await answer();
    assert.match((await page.locator('#moment').textContent()) ?? '', /^1 of 3: /);
    assert.match((await page.getByRole('img').getAttribute('aria-label')) ?? '', /Reads Not Switched/);
    assert.equal(await page.evaluate('document.activeElement.id'), 'slider');
  });

  it('goes through them with its buttons', async () => {
    assert.equal(await page.locator('#previous').isDisabled(), true);
    await page.getByRole('button', { name: 'Next moment' }).click();
    await answer();
    assert.match((await page.locator('#moment').textContent()) ?? '', /^2 of 3: /);
    await page.getByRole('button', { name: 'Next moment' }).click();
    await answer();
    await page.getByRole('button', { name: 'Previous moment' }).click();
    await answer();
    assert.match((await page.locator('#moment').textContent()) ?? '', /^2 of 3: /);
  });

  it('opens what is chosen in the picture that it shows', async () => {
    const shown = picture();
    await show(shown);
    const spot = page.locator('#stage').getByRole('button', { name: /^shard commerce\/0/ });
    await spot.focus();
    await page.keyboard.press('Enter');
    const message = await answer();
    assert.ok(message?.type === 'open' && message.version === version);
    assert.deepEqual(shown.targets[message.target]?.record, { path: 'keyspaces/commerce/shards/0/Shard' });
  });

  it('keeps the focus on a part when the picture changes under it', async () => {
    await page
      .locator('#stage')
      .getByRole('button', { name: /^Cell zone1/ })
      .focus();
    await show(picture());
    assert.match(String(await page.evaluate('document.activeElement.ariaLabel')), /^Cell zone1/);
  });

  it('hides the timeline while there is one moment, and says which', async () => {
    await show(picture(undefined, moments.slice(0, 1)));
    assert.equal(await page.locator('#timeline').isVisible(), false);
    assert.equal(await page.locator('#moment').textContent(), '2026-11-24T02:00:00Z, revision 100');
  });

  it('says why there is nothing to draw, and offers nothing to export', async () => {
    const gone = mapPicture(undefined, subject, undefined);
    version += 1;
    await page.evaluate(`postMessage(${JSON.stringify({ ...gone.content, version })}, '*')`);
    await page.getByText('The connection sample is gone').waitFor();
    assert.equal(await page.locator('svg').count(), 0);
    assert.equal(await page.locator('#export').isDisabled(), true);
    assert.equal(await page.locator('#words').isVisible(), false);
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const { content, targets } = picture();
    const text = JSON.stringify(content).replaceAll('zone1', JSON.stringify(hostile).slice(1, -1));
    await show({ content: JSON.parse(text) as MapPicture['content'], targets });
    assert.equal(await page.locator('img[src], script:not([nonce])').count(), 0);
    assert.ok((await page.locator('svg text', { hasText: hostile.slice(0, 12) }).count()) > 0);
    await page.getByRole('row', { name: hostile }).waitFor();
  });

  it('builds no element and no attribute that a drawing does not have', async () => {
    const { content, targets } = picture();
    assert.ok(content.map);
    const bad = [
      { tag: 'script', attributes: {}, children: ['window.ran = true'] },
      { tag: 'rect', attributes: { onload: 'window.ran = true', href: 'javascript:1' }, children: [] },
    ];
    const map = { ...content.map, nodes: bad as unknown as typeof content.map.nodes };
    await show({ content: { ...content, map }, targets });
    const drawn = await page.locator('svg.move-map').innerHTML();
    assert.equal(drawn, '<rect></rect>');
    assert.equal(await page.evaluate('window.ran'), undefined);
  });

  it('breaks none of the rules of its policy', () => {
    assert.deepEqual(errors, []);
  });
});
