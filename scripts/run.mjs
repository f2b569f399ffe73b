// The first step of `npm start`, `npm test` and `npm run bench`, in plain JavaScript for whatever Node (20 or newer) is there: installs
// the project's packages when the lockfile changed, then goes on in the given script under the Node 24 that is one of them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const [script, ...rest] = process.argv.slice(2);
const modules = path.join(root, 'node_modules');
const node = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

// npm writes this file as the last step of an install, so an interrupted one is seen as well.
function installedSinceLockfile() {
  const installed = path.join(modules, '.package-lock.json');
  const lockfile = path.join(root, 'package-lock.json');
  return existsSync(installed) && existsSync(node) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

function install() {
  console.log('installing packages');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const windows = process.platform === 'win32';
  // The project's tools come as npm packages whose install scripts put their programs in place.
  const env = { ...process.env, npm_config_ignore_scripts: 'false' };
  const { status } = spawnSync('npm', args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'], shell: windows });
  if (status !== 0) {
    console.error('npm ci failed: see above');
    process.exit(1);
  }
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed; this is ${process.version}`);
  process.exit(1);
}
if (!installedSinceLockfile()) install();

const bin = path.join(modules, '.bin');
// Windows may spell the variable Path; a second spelling beside it would be ignored.
const pathName = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
const searchPath = [path.dirname(node), bin, process.env[pathName] ?? ''].join(path.delimiter);
const child = spawn(node, [path.join(root, script), ...rest], {
  cwd: root,
  env: { ...process.env, [pathName]: searchPath },
  stdio: 'inherit',
});
// Ctrl+C reaches the child from the terminal as well; this process stays until the child has cleaned up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`cannot start ${node}: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
