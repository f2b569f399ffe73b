#!/usr/bin/env node
// Stands where @vscode/test-electron expects the desktop's executable: takes its flags, runs the extension tests in code-server with
// a page of Chromium as the window, prints the window's log, and exits with the tests' result.
import { parseArgs } from 'node:util';
import { startCodeServer } from '../../../scripts/codeServer.ts';
import { installedCodeServer } from '../../../scripts/tools/installCodeServer.ts';
import { launchChromium } from './browser.ts';

const MINUTES = 10;

async function runTests(): Promise<number> {
  const { values, positionals } = parseArgs({
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'extensions-dir': { type: 'string' },
      'user-data-dir': { type: 'string' },
    },
  });
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const extensionsFolder = text(values['extensions-dir']);
  const server = await startCodeServer(installedCodeServer(), {
    smokeTestDriver: true,
    ...(extensionsFolder === undefined ? {} : { extensionsFolder }),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const exited = new Promise<number>((resolve, reject) => {
      page.on('close', () => {
        reject(new Error('the window closed before the tests ended'));
      });
      setTimeout(() => {
        reject(new Error(`the tests did not end within ${MINUTES} minutes`));
      }, MINUTES * 60_000).unref();
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
      console.log(`[${type}]`, ...args);
    });
    const folder = positionals[0];
    const extensionTests = text(values.extensionTestsPath);
    const developmentExtensions = (values.extensionDevelopmentPath ?? []).flatMap((value) => text(value) ?? []);
    await page.goto(
      server.workbenchUrl({
        developmentExtensions,
        ...(folder === undefined ? {} : { folder }),
        ...(extensionTests === undefined ? {} : { extensionTests }),
      }),
    );
    return await exited;
  } finally {
    await browser.close();
    await server.stop();
  }
}

process.exitCode = await runTests();
