import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { toolCache } from './toolCache.ts';

/** True where a desktop program can show a window. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** The executable of a desktop VS Code of our own, downloaded once; undefined without a display or where the download cannot be had. */
export async function ensureDesktopEditor(): Promise<string | undefined> {
  if (!hasDisplay()) return undefined;
  try {
    return await downloadAndUnzipVSCode({ cachePath: path.join(toolCache(), 'vscode') });
  } catch (error) {
    console.log(`a desktop VS Code cannot be downloaded here (${(error as Error).message}): using code-server`);
    return undefined;
  }
}
