import { homedir } from 'node:os';
import path from 'node:path';

/** The per-user folder with the tools that the project's scripts installed; it may not exist yet. */
export function toolCache(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  // The XDG rules say that a relative path is to be ignored.
  const base = configured !== undefined && path.isAbsolute(configured) ? configured : path.join(homedir(), '.cache');
  return path.join(base, 'vitess-topo');
}
