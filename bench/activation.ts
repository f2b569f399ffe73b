import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../scripts/guardedProcess.ts';
import { bundles, editor } from '../scripts/stages/preparations.ts';
import { installExtensions } from '../scripts/tools/installExtensions.ts';
import { packageExtension } from '../scripts/tools/packageExtension.ts';
import { mustRun } from '../scripts/tools/run.ts';
import { extensionId } from '../src/contributions/ids.ts';
import { writeEmptyExtension } from '../test/harness/editor/emptyExtension.ts';
import { runInExtensionHost } from '../test/harness/editor/extensionHost.ts';
import type { ActivationTimes } from './activationProbe.ts';
import type { Benchmark, Measurement } from './benchmark.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const WINDOWS = 7;
const TARGET_MILLISECONDS = 150;

const emptyId = 'test.activated';
/** Of the extensions that come with VS Code, one that like this one adds a tree view and is activated by it. */
const referenceId = 'vscode.references-view';

/**
 * What `activate()` takes in a real extension host, loading the bundle included: of the packaged extension, of an extension that does
 * nothing (what the editor itself needs), and of one that comes with VS Code. All three in the same window, each first in its turn.
 */
export const activation: Benchmark = {
  name: 'activation',
  title: `activation in ${WINDOWS} fresh windows of a real editor`,
  run: async () => {
    await bundles();
    await editor();
    const scratch = await scratchFolder('bench');
    try {
      const extensionsFolder = await installExtensions(scratch, await packages(scratch));
      const harness = path.join(scratch, 'harness');
      await writeEmptyExtension(harness);
      const ids = [extensionId, emptyId, referenceId];
      const windows: Record<string, ActivationTimes>[] = [];
      for (let index = 0; index < WINDOWS; index++) {
        const order = ids.map((_, position) => ids[(position + index) % ids.length] ?? '');
        windows.push(await measureWindow(order, { scratch, harness, extensionsFolder }));
      }
      return [
        ...measurements(windows, 'elapsedMs', { suffix: '', target: TARGET_MILLISECONDS }),
        ...measurements(windows, 'processorMs', { suffix: ', processor time' }),
      ];
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

function measurements(
  windows: readonly Record<string, ActivationTimes>[],
  quantity: keyof ActivationTimes,
  { suffix, target }: { readonly suffix: string; readonly target?: number },
): Measurement[] {
  const measure = (name: string, id: string): Measurement => {
    const [first = NaN, ...others] = windows.map((window) => window[id]?.[quantity] ?? NaN);
    return { what: `${name}${suffix}`, unit: 'ms', samples: [first, ...others] };
  };
  const empty = measure('an empty extension', emptyId);
  const comparedWith = empty.what;
  return [
    { ...measure('Vitess Topo', extensionId), comparedWith, ...(target === undefined ? {} : { target }) },
    empty,
    { ...measure(`VS Code's own ${referenceId}`, referenceId), comparedWith },
  ];
}

async function packages(scratch: string): Promise<string[]> {
  const product = path.join(scratch, 'vitess-topo.vsix');
  await packageExtension(product);
  const source = path.join(scratch, 'activated');
  await writeEmptyExtension(source, { name: 'activated', activates: true });
  const empty = path.join(scratch, 'activated.vsix');
  const bare = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  await mustRun('vsce', ['package', ...bare, '--out', empty], { cwd: source });
  return [product, empty];
}

interface Places {
  readonly scratch: string;
  /** An extension that the extension host is started for; it adds nothing. */
  readonly harness: string;
  readonly extensionsFolder: string;
}

async function measureWindow(ids: readonly string[], places: Places): Promise<Record<string, ActivationTimes>> {
  const output = path.join(places.scratch, 'times.json');
  const { passed, log } = await runInExtensionHost({
    name: 'bench-activation',
    root: ROOT,
    files: ['bench/activationProbe.ts'],
    developmentExtension: places.harness,
    extensionsFolder: places.extensionsFolder,
    openFolder: path.join(ROOT, 'test/browser/fixtures/empty'),
    reportFile: path.join(places.scratch, 'report.json'),
    desktop: undefined,
    env: { BENCH_EXTENSIONS: ids.join(','), BENCH_OUTPUT: output },
  });
  if (!passed) throw new Error(`the activation could not be measured:\n${log}`);
  const times = JSON.parse(await readFile(output, 'utf8')) as Record<string, ActivationTimes>;
  await rm(output);
  return times;
}
