import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, scratchFolder, startGuarded } from './guardedProcess.ts';

/** What a workbench opened on the server shows and runs. */
export interface WorkbenchTarget {
  /** Absolute path of the folder or `.code-workspace` file to open; none opens an empty window. */
  readonly folder?: string;
  /** Absolute paths of extension folders to load from source, as `code --extensionDevelopmentPath` does; only with `smokeTestDriver`. */
  readonly developmentExtensions?: readonly string[];
  /** Absolute path of a CommonJS file whose `run` function is the extension tests. */
  readonly extensionTests?: string;
}

/** A running code-server: VS Code whose windows are web pages and whose extensions run in a real extension host here. */
export interface CodeServer {
  /** The address of a window; it holds the server's secret token. */
  workbenchUrl(target: WorkbenchTarget): string;
  /** The folder that extensions are installed into. */
  readonly extensionsFolder: string;
  /** What the server and its extension hosts wrote to their output. */
  log(): Promise<string>;
  /** Undefined while the server runs. */
  exitCode(): number | undefined;
  stop(): Promise<void>;
}

/** How one code-server differs from a clean one. */
export interface CodeServerOptions {
  /** User settings; by default an editor without welcome pages, chat and update checks. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Absolute path of a folder with installed extensions; by default a fresh one. */
  readonly extensionsFolder?: string;
  /** Absolute paths of extension folders that are installed as links to them. */
  readonly linkedExtensions?: readonly string[];
  /** Gives pages the functions with which extension tests report, and keeps notifications behind the bell; false for a person's editor. */
  readonly smokeTestDriver?: boolean;
  /** Opens folders restricted until a person trusts them, as a desktop does; by default every folder is trusted. */
  readonly workspaceTrust?: boolean;
  /** Environment of the extension hosts, beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A calm first screen, the same for tests, screenshots and `npm start`. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** A folder is restricted without a question at its first opening. */
const trustSettings: Readonly<Record<string, unknown>> = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};

const START_SECONDS = 60;

/** Starts the code-server in `root` (as installed by `installCodeServer`) on a free loopback port with fresh data folders. */
export async function startCodeServer(root: string, options: CodeServerOptions = {}): Promise<CodeServer> {
  const scratch = await scratchFolder('editor');
  const userData = path.join(scratch, 'user-data');
  const extensionsFolder = options.extensionsFolder ?? path.join(scratch, 'extensions');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await mkdir(extensionsFolder, { recursive: true });
  for (const linked of options.linkedExtensions ?? []) {
    await symlink(linked, path.join(extensionsFolder, path.basename(linked)));
  }
  const settings = { ...quietSettings, ...(options.workspaceTrust === true ? trustSettings : {}), ...options.settings };
  await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const flags = [
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
    ...['--server-data-dir', path.join(scratch, 'server-data'), '--user-data-dir', userData],
    ...['--extensions-dir', extensionsFolder, '--telemetry-level', 'off'],
    '--accept-server-license-terms',
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...(options.smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
  ];
  const main = path.join(root, 'out', 'server-main.js');
  const server = await startGuarded(scratch, process.execPath, [main, ...flags], { ...process.env, ...options.env });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilServing(origin, () => server.exitCode());
  } catch (error) {
    await server.stop();
    throw new Error(`code-server does not start:\n${await server.log()}`, { cause: error });
  }
  return {
    workbenchUrl: (target) => workbenchUrl(origin, token, target),
    extensionsFolder,
    log: () => server.log(),
    exitCode: () => server.exitCode(),
    stop: () => server.stop(),
  };
}

function workbenchUrl(origin: string, token: string, target: WorkbenchTarget): string {
  const remote = (file: string): string => `vscode-remote://${new URL(origin).host}${encodeURI(file)}`;
  const payload = [
    ...(target.developmentExtensions ?? []).map((folder) => ['extensionDevelopmentPath', remote(folder)]),
    ...(target.extensionTests === undefined ? [] : [['extensionTestsPath', remote(target.extensionTests)]]),
    ['skipWelcome', 'true'],
  ];
  const url = new URL(origin);
  url.searchParams.set('tkn', token);
  if (target.folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set(target.folder.endsWith('.code-workspace') ? 'workspace' : 'folder', target.folder);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

async function untilServing(origin: string, exitCode: () => number | undefined): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const answer = await fetch(`${origin}/version`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    const ended = exitCode();
    if (ended !== undefined) throw new Error(`it ended with code ${ended}`);
    if (Date.now() > deadline) throw new Error(`it does not answer after ${START_SECONDS} s`);
    await delay(50);
  }
}
