import { runWorker } from './worker.ts';

/**
 * Runs the worker in this process. Signals of the terminal that the window was
 * opened from are not for it; SIGTERM stops it before the next step.
 */
export async function runWorkerProcess(): Promise<void> {
  const stopped = new AbortController();
  for (const name of ['SIGHUP', 'SIGINT'] as const) process.on(name, () => undefined);
  process.on('SIGTERM', () => stopped.abort());
  process.stderr.on('error', () => undefined);
  await runWorker({ input: process.stdin, output: process.stdout, signal: stopped.signal });
  // A stream that nobody reads must not keep the process.
  process.exit();
}
