import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startCodeServer } from '../../../scripts/codeServer.ts';
import type { CodeServerOptions } from '../../../scripts/codeServer.ts';
import { installedCodeServer } from '../../../scripts/tools/installCodeServer.ts';
import { launchChromium } from './browser.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SCREENSHOTS = path.join(ROOT, 'out', 'screenshots');
const OPEN_MILLISECONDS = 60_000;

/** What a browser test's window opens. */
export interface WorkbenchOptions extends Pick<
  CodeServerOptions,
  'settings' | 'env' | 'extensionsFolder' | 'workspaceTrust'
> {
  /** Absolute path, or path from the project's folder, of the folder to open; none opens an empty window. */
  readonly folder?: string;
  /** Absolute paths of extensions loaded from source; by default this project with its built bundle. */
  readonly developmentExtensions?: readonly string[];
  /** True shows notifications when they come, as a person's editor does; an editor under test keeps them behind the bell, and only it gives the window's log. */
  readonly toasts?: boolean;
}

/** A VS Code window with the extension loaded, as a person sees it. */
export interface Workbench {
  readonly page: Page;
  /** Runs a command by the title under which the palette lists it, e.g. `Vitess: Refresh`. */
  runCommand(title: string): Promise<void>;
  /** Opens the side bar view container with this title by its activity bar icon. */
  openViewContainer(title: string): Promise<void>;
  /** Opens a file of the folder by name with the palette's file search. */
  openFile(name: string): Promise<void>;
  /** Saves what the window shows as `out/screenshots/<name>.png`. */
  screenshot(name: string): Promise<void>;
  /** What the window and its extension host logged, for the message of a failed test. */
  log(): string;
  close(): Promise<void>;
}

/** Opens a clean VS Code window on a page of Chromium and waits until its workbench is shown. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const { folder, developmentExtensions = [ROOT], toasts = false, ...serverOptions } = options;
  const server = await startCodeServer(installedCodeServer(), {
    ...serverOptions,
    smokeTestDriver: !toasts,
    ...(toasts && { linkedExtensions: developmentExtensions }),
  });
  const browser = await launchChromium().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await server.stop();
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const log: string[] = [];
    await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
      log.push(`[${type}] ${args.map(String).join(' ')}`);
    });
    const opened = folder === undefined ? {} : { folder: path.resolve(ROOT, folder) };
    await page.goto(server.workbenchUrl({ ...(toasts ? {} : { developmentExtensions }), ...opened }));
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: OPEN_MILLISECONDS });
    return { ...actions(page), page, log: () => log.join('\n'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function actions(page: Page): Pick<Workbench, 'runCommand' | 'openViewContainer' | 'openFile' | 'screenshot'> {
  const choose = async (key: string, text: string, label: string, timeout: number): Promise<void> => {
    await page.keyboard.press(key);
    const box = page.locator('.quick-input-widget');
    await box.locator('input[type=text]').fill(text, { timeout });
    await box.getByRole('option').filter({ hasText: label }).first().click({ timeout });
  };
  /** Something that opens late, a preview above all, takes the focus away and with it closes the list: then it is opened again. */
  const pick = async (key: string, text: string, label: string): Promise<void> => {
    for (let tries = 1; tries < 4; tries++) {
      try {
        await choose(key, text, label, 5_000);
        return;
      } catch {
        // An empty place of the window: the focus leaves whatever has taken it.
        await page.locator('.statusbar').click({ position: { x: 700, y: 10 }, timeout: 5_000 });
      }
    }
    await choose(key, text, label, 30_000);
  };
  return {
    runCommand: (title) => pick('F1', `>${title}`, title),
    openFile: (name) => pick('Control+P', name, name.split('/').at(-1) ?? name),
    openViewContainer: async (title) => {
      const tab = page.locator('.activitybar').getByRole('tab', { name: title });
      if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    },
    screenshot: async (name) => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    },
  };
}
