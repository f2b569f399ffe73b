/** The program `vitess-topo`. */
import manifest from '../../package.json' with { type: 'json' };
import { createInterface } from 'node:readline/promises';
import { defaultHistoryFolder } from '../history/historyFolder.ts';
import { Interrupts } from './interrupts.ts';
import { run } from './run.ts';
import { runWorkerProcess } from './workerProcess.ts';

// The extension's own command; it is no part of the usage.
const work = process.argv[2] === 'worker' ? runWorkerProcess() : runCommandLine();
work.catch((error: unknown) => {
  process.stderr.write(
    `vitess-topo: unexpected error\n${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
  );
  process.exitCode = 2;
});

async function runCommandLine(): Promise<void> {
  const interrupts = new Interrupts(process, (code) => process.exit(code));
  // Output to a closed pipe (`vitess-topo diagnose … | head`) or a lost terminal is no failure of what is done.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  process.exitCode = await run(process.argv.slice(2), {
    credentials: process.env,
    style: {
      colour: process.stdout.isTTY && process.stdout.hasColors() && process.env['NO_COLOR'] === undefined,
      width: process.stdout.isTTY ? Math.max(40, process.stdout.columns) : undefined,
    },
    version: manifest.version,
    signal: interrupts.signal,
    historyFolder: defaultHistoryFolder(process.env),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    ...(process.stderr.isTTY && { progress }),
    ...(process.stdin.isTTY && { ask: (question) => ask(question, interrupts.signal) }),
    shield: interrupts.shield,
  });
}

/** Replaces what the line showed last; without words the line is free again. */
function progress(words: string): void {
  process.stderr.write(`\r\u001b[2K${words}`);
}

/** Asks on the terminal; anything but a yes is a no. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  // Not as a terminal of readline's, which would keep Ctrl-C for itself.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    return /^\s*y(es)?\s*$/i.test(await terminal.question(question, { signal }));
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
