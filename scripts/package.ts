// Makes vitess-topo-<version>.vsix (or the file after --out) from a fresh build, or from what is under dist/ with --no-build.
import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { mustRun } from './tools/run.ts';

const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-build': { type: 'boolean' } } });

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const packagePath = values.out ?? `vitess-topo-${version}.vsix`;
if (values['no-build'] !== true) await mustRun('npm', ['run', '--silent', 'build']);

await createVSIX({
  packagePath,
  // Everything that runs is inside the bundles.
  dependencies: false,
  allowMissingRepository: true,
  // The pictures that the README shows are in the package.
  rewriteRelativeLinks: false,
});
const files = await listFiles({ packageManager: PackageManager.None });
console.log(`${packagePath}: ${files.length} files, ${Math.round(statSync(packagePath).size / 1024)} KiB`);
