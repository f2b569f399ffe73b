import type { CommandEnvironment, ExitCode } from '../../src/cli/environment.ts';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, with nobody at a terminal unless `more` says so. */
export async function vitessTopo(args: readonly string[], more: Partial<CommandEnvironment> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const exitCode = await run(args, {
    credentials: {},
    style: { colour: false, width: 80 },
    version: '1.2.3',
    signal: new AbortController().signal,
    historyFolder: undefined,
    out: (text) => (out += text),
    err: (text) => (err += text),
    shield: () => () => undefined,
    ...more,
  });
  return { exitCode, out, err };
}
