import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** Starts the command line as a worker that outlives this window: in a session of its own, and nobody waits for it. */
export function spawnWorker(commandLine: string): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [commandLine, 'worker'], {
    detached: true,
    windowsHide: true,
    // The editor's own executable is Node.js only when it is told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  child.unref();
  return child;
}
