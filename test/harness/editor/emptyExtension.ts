import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes an extension into a new folder. It adds nothing to an editor; with `activates` it has an activate function that does nothing. */
export async function writeEmptyExtension(
  folder: string,
  { name = 'empty', activates = false }: { name?: string; activates?: boolean } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const main = activates ? { main: './extension.js', activationEvents: [] } : {};
  const manifest = { name, publisher: 'test', version: '0.0.0', engines: { vscode: '^1.74.0' }, ...main };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  if (activates) await writeFile(path.join(folder, 'extension.js'), 'exports.activate = () => {};\n');
}
