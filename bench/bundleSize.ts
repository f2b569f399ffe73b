import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../scripts/guardedProcess.ts';
import { bundles } from '../scripts/stages/preparations.ts';
import { mostBundleBytes } from '../scripts/stages/staticStages.ts';
import { packageExtension } from '../scripts/tools/packageExtension.ts';
import type { Benchmark, Measurement } from './benchmark.ts';

const kilobyte = 1000;

/** What is loaded when the extension activates, what the command line loads, and what is downloaded. */
export const bundleSize: Benchmark = {
  name: 'bundle-size',
  title: 'sizes of what is loaded and installed',
  run: async () => {
    await bundles();
    const scratch = await scratchFolder('bench');
    try {
      const vsix = path.join(scratch, 'vitess-topo.vsix');
      await packageExtension(vsix);
      const target = mostBundleBytes / kilobyte;
      return [
        await sizeOf('dist/extension.cjs', { target }),
        await sizeOf('dist/cli.js', { target }),
        await sizeOf(vsix, {}),
      ];
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function sizeOf(file: string, target: Pick<Measurement, 'target'>): Promise<Measurement> {
  const { size } = await stat(file);
  return { what: path.basename(file), unit: 'kB', samples: [size / kilobyte], ...target };
}
