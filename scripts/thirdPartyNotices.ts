import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The licence texts of every npm package whose code is in the bundles; throws when a package has no licence to name. */
export function thirdPartyNotices(bundles: readonly Metafile[]): string {
  const folders = new Set(bundles.flatMap((bundle) => Object.keys(bundle.inputs)).flatMap(packageFolder));
  const notices = [...folders].sort().map(notice);
  return ['The bundles in this folder contain code of these packages.', ...notices].join('\n\n');
}

function packageFolder(input: string): string[] {
  const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
  return match === null ? [] : [match[0]];
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  if (manifest.license === undefined) throw new Error(`${folder} names no licence`);
  const texts = globSync(path.join(folder, '{LICENSE,LICENCE,NOTICE}*'))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').trim());
  return [`==== ${manifest.name} ${manifest.version} (${manifest.license})`, ...texts].join('\n\n');
}
