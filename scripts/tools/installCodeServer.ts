import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './run.ts';
import { codeServerBuildNeeds, ensureSystemPackages } from './systemPackages.ts';
import { toolCache } from './toolCache.ts';

/** The code-server that tests and `npm start` use; it is VS Code 1.139.1. */
const VERSION = '4.139.1';

const SERVER = path.join('node_modules', 'code-server', 'lib', 'vscode');

/** The folder of the installed server; throws when `ensureCodeServer` has not run on this machine. */
export function installedCodeServer(): string {
  const root = path.join(installFolder(), SERVER);
  if (!existsSync(root)) throw new Error('code-server is not installed here: `npm test` installs it');
  return root;
}

/** Installs code-server once per user (about two minutes and 620 MB) and gives its folder. */
export async function ensureCodeServer(): Promise<string> {
  if (existsSync(path.join(installFolder(), SERVER))) return installedCodeServer();
  if (process.platform === 'win32')
    throw new Error('code-server does not run on Windows: use a desktop VS Code or WSL');
  await ensureSystemPackages(codeServerBuildNeeds);
  console.log(`installing code-server ${VERSION} (once, about two minutes)`);
  await mkdir(toolCache(), { recursive: true });
  // An install that was interrupted stays under its own name, so what has the final name is always whole.
  const partial = await mkdtemp(`${installFolder()}.partial-`);
  try {
    await writeFile(path.join(partial, 'package.json'), '{ "private": true }\n');
    await mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `code-server@${VERSION}`], {
      cwd: partial,
      env: installEnvironment(),
    });
    await checkNativeModules(path.join(partial, SERVER));
    await rename(partial, installFolder());
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another run may have finished the same install meanwhile.
    if (!existsSync(path.join(installFolder(), SERVER))) throw error;
  }
  return installedCodeServer();
}

function installFolder(): string {
  return path.join(toolCache(), `code-server-${VERSION}`);
}

// code-server's install script runs npm again and refuses any Node but 24. The variables that an outer npm sets for its own scripts
// would tell it of the outer npm's Node instead, so only what a person configured is kept.
function installEnvironment(): NodeJS.ProcessEnv {
  const setByNpm =
    /^npm_(package_|lifecycle_|command$|execpath$|node_execpath$|config_(user_agent|(local_|global_)?prefix)$)/;
  const kept = Object.entries(process.env).filter(([name]) => !setByNpm.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
    // code-server is nothing without its install scripts; newer npm asks for approval of each.
    npm_config_ignore_scripts: 'false',
    npm_config_dangerously_allow_all_scripts: 'true',
  };
}

async function checkNativeModules(server: string): Promise<void> {
  const modules = ['node-pty', '@vscode/spdlog', 'kerberos'];
  await mustRun(process.execPath, ['-e', modules.map((name) => `require('${name}')`).join(';')], { cwd: server });
  await mustRun(process.execPath, [path.join(server, 'out', 'server-main.js'), '--version']);
}
