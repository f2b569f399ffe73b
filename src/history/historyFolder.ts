import path from 'node:path';

/**
 * Where the command line keeps its runs: XDG_STATE_HOME, by default
 * `~/.local/state`, or LOCALAPPDATA on Windows. Undefined when the environment
 * names no home either.
 */
export function defaultHistoryFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'];
    return local ? path.win32.join(local, 'vitess-topo', 'history') : undefined;
  }
  const state = env['XDG_STATE_HOME'];
  // The XDG specification has relative paths ignored.
  if (state?.startsWith('/') === true) return path.posix.join(state, 'vitess-topo', 'history');
  const home = env['HOME'];
  return home ? path.posix.join(home, '.local', 'state', 'vitess-topo', 'history') : undefined;
}
