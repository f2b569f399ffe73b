import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { runTests } from '@vscode/test-electron';
import { build, type Plugin } from 'esbuild';

/** Which tests run in which editor. */
export interface ExtensionHostRun {
  /** Names the bundle and the report. */
  readonly name: string;
  /** The project's absolute path. */
  readonly root: string;
  /** Test files by path from the project's folder. */
  readonly files: readonly string[];
  /** Absolute path of the extension that is loaded from source. */
  readonly developmentExtension: string;
  /** Absolute path of the folder with installed extensions; by default a fresh one. */
  readonly extensionsFolder?: string;
  /** Absolute path of a folder whose copy is opened in the window. */
  readonly openFolder: string;
  /** Absolute path of the JSON file that gets the `TestReport`. */
  readonly reportFile: string;
  /** Absolute path of a desktop VS Code, or undefined to use code-server. */
  readonly desktop: string | undefined;
  /** Environment of the tests, beside what the harness sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs test files inside a real extension host; gives whether they passed and what the editor wrote. */
export async function runInExtensionHost(run: ExtensionHostRun): Promise<{ passed: boolean; log: string }> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'vitess-topo-host-'));
  const log: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  try {
    const folder = path.join(scratch, path.basename(run.openFolder));
    await cp(run.openFolder, folder, { recursive: true });
    await runTests({
      vscodeExecutablePath: run.desktop ?? path.join(import.meta.dirname, 'launcher.ts'),
      extensionDevelopmentPath: run.developmentExtension,
      extensionTestsPath: await bundleTests(run),
      launchArgs: [
        folder,
        `--user-data-dir=${path.join(scratch, 'user-data')}`,
        `--extensions-dir=${run.extensionsFolder ?? path.join(scratch, 'extensions')}`,
      ],
      extensionTestsEnv: { ...run.env, VITESS_TOPO_TEST_ROOT: run.root, VITESS_TOPO_TEST_REPORT: run.reportFile },
      stdout: output,
      stderr: output,
    });
    return { passed: true, log: log.join('') };
  } catch (error) {
    return { passed: false, log: `${log.join('')}\n${String(error)}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A bundle has one folder; each test file means its own. */
const ownFolders: Plugin = {
  name: 'own-folders',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/](test|scripts)[\\/].*\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file))),
      loader: 'ts',
    }));
  },
};

// Mocha, and etcd's client with its files and its gRPC, stay outside: they are loaded from node_modules, which is above the bundle's folder.
async function bundleTests(run: ExtensionHostRun): Promise<string> {
  const outfile = path.join(run.root, 'out', `${run.name}.cjs`);
  const loaders = run.files.map((file) => `[${JSON.stringify(file)}, () => import(${JSON.stringify(`./${file}`)})]`);
  await build({
    stdin: {
      contents: `import { runHostTests } from './test/harness/editor/hostRunner.ts';
export const run = () => runHostTests([${loaders.join(', ')}]);`,
      resolveDir: run.root,
    },
    outfile,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha', 'etcd3', '@grpc/grpc-js'],
    plugins: [ownFolders],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
