// `npm start`: builds, prints the diagnosis of the embedded sample, and opens an editor on it (not with --no-editor).
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCodeServer } from './codeServer.ts';
import { scratchFolder } from './guardedProcess.ts';
import { ensureDesktopEditor, hasDisplay } from './tools/desktopEditor.ts';
import { findOnPath } from './tools/findOnPath.ts';
import { ensureCodeServer } from './tools/installCodeServer.ts';
import { mustRun, runCommand } from './tools/run.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const SAMPLE = 'samples/broken-reverse';

/** Resolves at Ctrl+C or a request to end. */
function interrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
  });
}

async function diagnoseSample(): Promise<void> {
  console.log(`$ vitess-topo diagnose --snapshot ${SAMPLE}\n`);
  const { code } = await runCommand('node', ['dist/cli.js', 'diagnose', '--snapshot', SAMPLE], { inherit: true });
  // 1 says that there are errors, which this sample has.
  if (code !== 1) throw new Error(`the diagnosis of ${SAMPLE} ended with code ${code}, not 1`);
}

async function openDesktop(executable: string): Promise<void> {
  const scratch = await scratchFolder('editor');
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const own = [
    `--user-data-dir=${path.join(scratch, 'user-data')}`,
    `--extensions-dir=${path.join(scratch, 'extensions')}`,
  ];
  const flags = [`--extensionDevelopmentPath=${ROOT}`, '--disable-workspace-trust', '--new-window', '--wait'];
  console.log(`\nopening ${SAMPLE} in VS Code; close its window or press Ctrl+C to end`);
  const editor = spawn(executable, [...root, ...own, ...flags, path.join(ROOT, SAMPLE)], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  const closed = new Promise<void>((resolve, reject) => {
    editor.once('exit', () => resolve());
    editor.once('error', reject);
  });
  try {
    await Promise.race([closed, interrupted().then(() => editor.kill())]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function openCodeServer(): Promise<void> {
  // A person's editor on a server loads no extension from source.
  const server = await startCodeServer(await ensureCodeServer(), { linkedExtensions: [ROOT] });
  const url = server.workbenchUrl({ folder: path.join(ROOT, SAMPLE) });
  console.log(`\nVS Code shows ${SAMPLE} at\n\n  ${url}\n\nPress Ctrl+C to end.`);
  // The timer also keeps this process alive, which a listener for signals does not.
  let died: NodeJS.Timeout | undefined;
  const ended = new Promise<string>((resolve) => {
    died = setInterval(() => {
      if (server.exitCode() !== undefined) resolve('code-server ended by itself');
    }, 500);
  });
  const reason = await Promise.race([ended, interrupted()]);
  clearInterval(died);
  await server.stop();
  if (reason !== undefined) throw new Error(`${reason}:\n${await server.log()}`);
}

const { values } = parseArgs({ options: { 'no-editor': { type: 'boolean' } } });
console.log('building');
await mustRun('npm', ['run', '--silent', 'build']);
await diagnoseSample();
if (values['no-editor'] !== true) {
  const desktop = hasDisplay() ? (findOnPath('code') ?? (await ensureDesktopEditor())) : undefined;
  await (desktop === undefined ? openCodeServer() : openDesktop(desktop));
}
