import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A server that a test started: it and everything it forked end with `stop`, or with the test process if that dies first. */
export interface GuardedProcess {
  /** An empty folder that only this process uses; removed when the process ends. */
  readonly scratch: string;
  /** The exit code once the process has ended (143 or 137 after a signal), undefined while it runs. */
  exitCode(): number | undefined;
  /** Standard output and standard error so far, in the order they were written. */
  log(): Promise<string>;
  /** Sends a signal to the process itself, e.g. SIGSTOP to make a server that accepts connections and never answers. */
  signal(name: NodeJS.Signals): void;
  /** Kills the process and its descendants and removes its scratch folder; safe to call twice. */
  stop(): Promise<void>;
}

// The shell is the leader of a process group of its own (so Ctrl+C does not reach a half-stopped server) and holds the read end of a
// pipe from the test process. When that closes without a stop() because the test process died, the guard cleans up in its place.
const GUARD = `
scratch=$1; log=$2; shift 2
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
child=$!
echo "$child"
{ cat <&3 >/dev/null; kill -KILL "$child"; sleep 0.2; rm -rf "$scratch"; kill -KILL 0; } >/dev/null 2>&1 &
wait "$child"
`;

/** Makes an empty folder in the system's temporary folder; the caller removes it. */
export function scratchFolder(label: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `vitess-topo-${label}-`));
}

/** A TCP port on the loopback address that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a command under guard; `scratch` and `log` come from the caller because the command's flags usually name them. */
export async function startGuarded(
  scratch: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<GuardedProcess> {
  const logFile = path.join(scratch, 'process.log');
  await (await open(logFile, 'a')).close();
  const shell = spawn('/bin/sh', ['-c', GUARD, 'guard', scratch, logFile, command, ...args], {
    detached: true,
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let ended: number | undefined;
  const exited = new Promise<void>((resolve) => {
    shell.once('exit', (code, signal) => {
      ended = code ?? (signal === 'SIGTERM' ? 143 : 137);
      resolve();
    });
  });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number.parseInt(line.toString(), 10);
  // A forgotten stop() must not keep the test run from ending; the guard then cleans up.
  shell.unref();
  for (const pipe of [shell.stdin, shell.stdout]) if ('unref' in pipe) (pipe as { unref(): void }).unref();

  let lastLog = '';
  const readLog = async (): Promise<string> => {
    lastLog = await readFile(logFile, 'utf8').catch(() => lastLog);
    return lastLog;
  };
  return {
    scratch,
    exitCode: () => ended,
    log: readLog,
    signal: (name) => {
      process.kill(pid, name);
    },
    stop: async () => {
      await readLog();
      shell.ref();
      killGroup(shell.pid);
      await exited;
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // ESRCH: everything in the group has already ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
