import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeEmptyExtension } from '../../test/harness/editor/emptyExtension.ts';
import { runInExtensionHost } from '../../test/harness/editor/extensionHost.ts';
import type { TestReport } from '../../test/harness/report.ts';
import { ensureDesktopEditor } from '../tools/desktopEditor.ts';
import { installExtensions } from '../tools/installExtensions.ts';
import { packageExtension } from '../tools/packageExtension.ts';
import { runCommand } from '../tools/run.ts';
import { bundles, editor, etcd, generatedCode } from './preparations.ts';
import { combine, failed } from './stage.ts';
import type { Stage, StageResult } from './stage.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STAGE_SECONDS = 20 * 60;

// Test files in these folders need something around them, or minutes; all others are plain mocha in Node.
const SPECIAL = ['test/integration', 'test/browser', 'test/package', 'test/faults'];

/** Every test file on disk, by path from the project's folder. */
export function testFilesOnDisk(): string[] {
  return globSync('{src,test,scripts,bench}/**/*.test.ts')
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

const filesIn = (folder: string): string[] => testFilesOnDisk().filter((file) => file.startsWith(`${folder}/`));

const unitFiles = (): string[] =>
  testFilesOnDisk().filter(
    (file) => file.startsWith('test/') && !SPECIAL.some((folder) => file.startsWith(`${folder}/`)),
  );

/** Rules, records, adapters and their contract against a real etcd. */
export const unitStage: Stage = {
  name: 'unit',
  title: 'unit and contract tests, with a real etcd',
  prepare: async () => {
    await generatedCode();
    await bundles();
    await etcd();
  },
  run: () => runInNode('unit', unitFiles()),
};

/** Repairs that are killed, that have rivals, or whose servers and network fail, at each of their calls. */
export const faultsStage: Stage = {
  name: 'faults',
  title: 'repairs that are killed or disturbed at each of their calls',
  prepare: async () => {
    await generatedCode();
    await etcd();
  },
  run: () => runInNode('faults', filesIn('test/faults')),
};

/** The extension's own API seen from inside a real extension host. */
export const integrationStage: Stage = {
  name: 'integration',
  title: 'tests inside a real extension host',
  prepare: async () => {
    await bundles();
    await etcd();
    await editor();
  },
  run: async () =>
    runInHost('integration', {
      developmentExtension: ROOT,
      openFolder: path.join(ROOT, 'samples/broken-reverse'),
      desktop: await ensureDesktopEditor(),
    }),
};

/** What a person sees and clicks. */
export const browserStage: Stage = {
  name: 'browser',
  title: 'the editor seen and clicked in a browser',
  prepare: integrationStage.prepare,
  run: () => runInNode('browser', filesIn('test/browser')),
};

/** The packaged extension, installed into an editor that has nothing else. */
export const packageStage: Stage = {
  name: 'package',
  title: 'the .vsix installs and activates in a clean editor',
  prepare: integrationStage.prepare,
  run: async () => {
    const folder = path.join(ROOT, 'out', 'package');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const vsix = path.join(folder, 'vitess-topo.vsix');
    await packageExtension(vsix);
    const extensionsFolder = await installExtensions(folder, [vsix]);
    const empty = path.join(folder, 'empty-extension');
    // The tests need some extension from source to be started by; this one adds nothing.
    await writeEmptyExtension(empty);
    const openFolder = path.join(ROOT, 'samples/broken-reverse');
    // code-server, not a desktop: it is what the package was just installed with.
    const run = { developmentExtension: empty, openFolder, desktop: undefined, extensionsFolder };
    return runInHost('package', run);
  },
};

async function runInNode(name: string, files: readonly string[]): Promise<StageResult> {
  const reportFile = freshReport(name);
  const args = ['test/harness/runMocha.ts', reportFile, ...files];
  const { code } = await runCommand('node', args, { inherit: true, timeoutSeconds: STAGE_SECONDS });
  return readReport(name, reportFile, code === 0, `mocha ended with code ${code}; what it wrote is above`);
}

type HostChoice = Pick<Parameters<typeof runInExtensionHost>[0], 'developmentExtension' | 'openFolder' | 'desktop'> & {
  readonly extensionsFolder?: string;
};

async function runInHost(name: string, choice: HostChoice): Promise<StageResult> {
  const reportFile = freshReport(name);
  const run = { ...choice, name, root: ROOT, files: filesIn(`test/${name}`), reportFile };
  const { passed, log } = await runInExtensionHost(run);
  return readReport(name, reportFile, passed, log);
}

function freshReport(name: string): string {
  const reportFile = path.join(ROOT, 'out', 'reports', `${name}.json`);
  rmSync(reportFile, { force: true });
  return reportFile;
}

// A run that ended badly without a failed test (a crash, a hang, something left open) is a failure of its own.
function readReport(name: string, reportFile: string, endedWell: boolean, log: string): StageResult {
  if (!existsSync(reportFile)) return failed(`${name} tests`, `they wrote no report\n${log}`);
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport;
  const result: StageResult = { passed: report.passed, failures: report.failures, files: report.files };
  if (report.passed + report.failures.length === 0) return failed(`${name} tests`, `no test ran\n${log}`);
  if (endedWell || report.failures.length > 0) return result;
  return { ...combine(result, failed(`${name} tests`, log)), files: report.files };
}
