import path from 'node:path';
import { installedCodeServer } from './installCodeServer.ts';
import { mustRun } from './run.ts';

/** Installs packages (.vsix files) as a person would, under a folder that nothing else uses; gives the folder of installed extensions. */
export async function installExtensions(folder: string, packages: readonly string[]): Promise<string> {
  const extensionsFolder = path.join(folder, 'extensions');
  const server = path.join(installedCodeServer(), 'out', 'server-main.js');
  const flags = [
    ...['--accept-server-license-terms', '--extensions-dir', extensionsFolder],
    ...['--server-data-dir', path.join(folder, 'server-data'), '--user-data-dir', path.join(folder, 'user')],
    ...packages.flatMap((file) => ['--install-extension', file]),
  ];
  await mustRun('node', [server, ...flags]);
  return extensionsFolder;
}
