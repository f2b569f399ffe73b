/** The program `vitess-topo`. */
import manifest from '../../package.json' with { type: 'json' };
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
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());

  // Output to a closed pipe (`vitess-topo diagnose … | head`) is no failure of the diagnosis.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

  process.exitCode = await run(process.argv.slice(2), {
    credentials: process.env,
    style: {
      colour: process.stdout.isTTY && process.stdout.hasColors() && process.env['NO_COLOR'] === undefined,
      width: process.stdout.isTTY ? Math.max(40, process.stdout.columns) : undefined,
    },
    version: manifest.version,
    signal: interrupted.signal,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    ...(process.stderr.isTTY && { progress }),
  });
}

/** Replaces what the line showed last; without words the line is free again. */
function progress(words: string): void {
  process.stderr.write(`\r\u001b[2K${words}`);
}
