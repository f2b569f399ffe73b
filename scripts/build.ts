// Bundles the extension, the page of its map and the command line, each into one minified file under dist/.
// `--check-core` bundles everything that must run without an editor instead, writes nothing, and fails where that needs `vscode`.
import { chmodSync, globSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { BuildOptions, Metafile } from 'esbuild';
import { embedEtcdProto } from './embedEtcdProto.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

// The page runs in a browser.
const EDITOR_ROOMS = ['tree', 'editor', 'commands', 'panel', 'host', 'webview'];

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  // jsonc-parser's CommonJS form loads its parts in a way that no bundler follows.
  mainFields: ['module', 'main'],
  // VS Code 1.100, the oldest that the manifest allows, runs extensions on Node 20.
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  plugins: [embedEtcdProto()],
};

async function bundle(options: BuildOptions): Promise<Metafile> {
  const result = await build({ ...common, ...options, metafile: true });
  if (result.warnings.length > 0) throw new Error(`${result.warnings.length} esbuild warnings; a build has none`);
  return result.metafile;
}

function size(file: string): string {
  return `${file} ${(statSync(file).size / 1024).toFixed(0)} KiB`;
}

async function buildProduct(): Promise<void> {
  rmSync('dist', { recursive: true, force: true });
  const [extension, cli, page] = await Promise.all([
    bundle({ entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs', external: ['vscode'] }),
    bundle({ entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } }),
    bundle({ entryPoints: ['src/webview/map.ts'], outfile: 'dist/map.js', platform: 'browser', format: 'iife' }),
  ]);
  chmodSync('dist/cli.js', 0o755);
  // The project's own package.json says "module", which would make Node refuse dist/cli.js.
  writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
  writeFileSync('dist/ThirdPartyNotices.txt', thirdPartyNotices([extension, cli, page]));
  console.log(`built ${size('dist/extension.cjs')}, ${size('dist/cli.js')}, ${size('dist/map.js')}`);
}

async function checkCore(): Promise<void> {
  const files = globSync('src/*/**/*.ts', { exclude: ['src/**/*.test.ts', 'src/**/*.d.ts'] })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !EDITOR_ROOMS.includes(file.split('/')[1] ?? ''));
  const contents = files.map((file) => `import './${file}';`).join('\n');
  await bundle({ stdin: { contents, resolveDir: '.' }, write: false });
  console.log(`${files.length} files of the core bundle without vscode`);
}

await (process.argv.includes('--check-core') ? checkCore() : buildProduct());
