import { spawn } from 'node:child_process';
import path from 'node:path';

/** How a command ended and everything that it wrote, standard output and standard error together. */
export interface CommandResult {
  /** Its exit code; 127 when it could not be started. */
  readonly code: number;
  readonly output: string;
}

/** What a command runs with, beside this process's own environment. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Lets the command write to the terminal; its output is then not collected. */
  readonly inherit?: boolean;
  /** Kills the command after this time; its code is then 124. */
  readonly timeoutSeconds?: number;
}

/** Runs a command to its end; never throws for a command that fails or is not there. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const output: string[] = [];
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.inherit === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // npm and its kind are .cmd files on Windows.
      shell: process.platform === 'win32',
    });
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        child.kill('SIGKILL');
      },
      (options.timeoutSeconds ?? 3600) * 1000,
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => output.push(String(chunk)));
    const end = (code: number): void => {
      clearTimeout(timer);
      resolve({ code, output: output.join('') });
    };
    child.on('error', (error) => {
      output.push(`${command}: ${error.message}\n`);
      end(127);
    });
    child.on('close', (code) => {
      end(late ? 124 : (code ?? 1));
    });
  });
}

/** Like `runCommand`, and throws an error that ends with the last lines of the output when the command fails. */
export async function mustRun(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-40).join('\n');
  throw new Error(`${[path.basename(command), ...args].join(' ')} ended with code ${code}\n${tail}`);
}
