import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../tools/run.ts';
import { bundles, generatedCode } from './preparations.ts';
import { checkCommand, combine, failed } from './stage.ts';
import type { Stage, StageResult } from './stage.ts';

/** A bundle that is larger takes too long to load. */
export const mostBundleBytes = 1_500_000;

const nothing = (): Promise<void> => Promise.resolve();

/** Every file is formatted by prettier. */
export const formatStage: Stage = {
  name: 'format',
  title: 'every file is formatted',
  prepare: nothing,
  run: () =>
    checkCommand('formatting', 'prettier', ['--check', '.'], (output) =>
      // Prettier names no count, and fails by itself where its pattern matches no file.
      output.includes('All matched files') ? 'all files' : undefined,
    ),
};

interface EslintFile {
  readonly filePath: string;
  readonly messages: readonly { ruleId: string | null; line?: number; message: string }[];
}

/** Every file passes eslint's typed rules without a warning. */
export const lintStage: Stage = {
  name: 'lint',
  title: 'typed lint rules hold',
  prepare: generatedCode,
  run: async () => {
    const report = 'out/reports/eslint.json';
    mkdirSync('out/reports', { recursive: true });
    const ran = await checkCommand('eslint', 'eslint', ['.', '--format', 'json', '-o', report], () => '');
    if (ran.failures.some((failure) => failure.error !== '')) return ran;
    const files = JSON.parse(readFileSync(report, 'utf8')) as EslintFile[];
    const failures = files.flatMap((file) =>
      file.messages.map(({ ruleId, line, message }) => ({
        title: `${path.relative('.', file.filePath)}:${line ?? 0}`,
        error: `${message} (${ruleId ?? 'eslint'})`,
      })),
    );
    if (files.length === 0) return failed('eslint', 'it checked no file');
    return { passed: failures.length === 0 ? 1 : 0, failures, detail: `${files.length} files` };
  },
};

/** The rooms of src/ import each other as the design allows, and all but the editor's rooms bundle without `vscode`. */
export const importsStage: Stage = {
  name: 'imports',
  title: 'rooms import only what they may',
  prepare: generatedCode,
  run: async () => {
    const rules = await checkCommand(
      'import rules',
      'depcruise',
      ['--config', '.dependency-cruiser.cjs', 'src'],
      (output) => /\d+ modules, [1-9]\d* dependencies/.exec(output)?.[0],
    );
    const core = await checkCommand(
      'core bundle',
      'node',
      ['scripts/build.ts', '--check-core'],
      (output) => /[1-9]\d* files of the core/.exec(output)?.[0],
    );
    return combine(rules, core);
  },
};

/** The TypeScript compiler finds no error. */
export const typesStage: Stage = {
  name: 'types',
  title: 'types agree',
  prepare: generatedCode,
  run: async () => {
    // The page of the map knows a browser and no Node.
    return combine(await checkTypes('.'), await checkTypes('src/webview'));
  },
};

async function checkTypes(project: string): Promise<StageResult> {
  const { code, output } = await runCommand('tsc', ['-p', project, '--noEmit', '--pretty', 'false', '--listFiles']);
  const listed = (line: string): boolean => path.isAbsolute(line);
  const lines = output.split('\n').filter((line) => line !== '');
  if (code !== 0) return failed(`tsc -p ${project}`, lines.filter((line) => !listed(line)).join('\n'));
  const own = lines.filter((line) => listed(line) && !line.includes('node_modules'));
  return own.length === 0
    ? failed(`tsc -p ${project}`, 'it checked no file')
    : { passed: 1, failures: [], detail: `${own.length} files` };
}

/** The extension, its page and the command line bundle without a warning, each into one file of a size that loads fast. */
export const buildStage: Stage = {
  name: 'build',
  title: 'the extension and the command line bundle',
  prepare: nothing,
  run: async () => {
    try {
      await bundles();
    } catch (error) {
      return failed('bundles', (error as Error).message);
    }
    return combine(...['dist/extension.cjs', 'dist/cli.js', 'dist/map.js'].map(bundleSize));
  },
};

function bundleSize(file: string): StageResult {
  const { size } = statSync(file);
  const detail = `${file} ${Math.round(size / 1024)} KiB`;
  return size <= mostBundleBytes ? { passed: 1, failures: [], detail } : failed(detail, 'it is over 1.5 MB');
}
