import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findOnPath } from '../../../scripts/tools/findOnPath.ts';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Starts the machine's own Chromium without a window; throws, naming what to install, when there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = CHROMIUM_NAMES.map((name) => findOnPath(name)).find((file) => file !== undefined);
  if (executablePath === undefined) throw new Error('Chromium is not on PATH: install chromium or google-chrome');
  // Chromium refuses its own sandbox to root, and a headless page needs no GPU; it shows only our own server's pages.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}
