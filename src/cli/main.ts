/** The program `vitess-topo`. */
import manifest from '../../package.json' with { type: 'json' };
import { run } from './run.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

// Output to a closed pipe (`vitess-topo diagnose … | head`) is no failure of the diagnosis.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Replaces what the line showed last; without words the line is free again. */
function progress(words: string): void {
  process.stderr.write(`\r\u001b[2K${words}`);
}

run(process.argv.slice(2), {
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
}).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(
      `vitess-topo: unexpected error\n${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
