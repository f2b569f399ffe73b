import assert from 'node:assert/strict';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { mustRun, runCommand } from '../../scripts/tools/run.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Cruise {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

/** Runs the project's import rules over a small project made of these files and gives `rule: from` for each violation. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await scratchFolder('imports');
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    for (const file of ['tsconfig.json', 'package.json']) await cp(path.join(ROOT, file), path.join(folder, file));
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    const depcruise = path.join(ROOT, 'node_modules', '.bin', 'depcruise');
    const config = path.join(ROOT, '.dependency-cruiser.cjs');
    const args = ['--config', config, '--output-type', 'json', 'src'];
    const { output } = await runCommand(depcruise, args, { cwd: folder });
    const { summary } = JSON.parse(output) as Cruise;
    return [...new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const value = (...imports: readonly string[]): string =>
  [
    ...imports.map((from, index) => `import * as used${index} from '${from}';\nused${index};`),
    'export const a = 1;',
  ].join('\n');

const clean = {
  'src/extension.ts': value('vscode', './tree/view.ts', './commands/ids.ts'),
  'src/cli/main.ts': value('../diagnose/rule.ts', '../topology/client.ts'),
  'src/tree/view.ts': value('vscode', '../host/session.ts'),
  'src/commands/ids.ts': value('../contributions/ids.ts'),
  'src/contributions/ids.ts': "import type { Uri } from 'vscode';\nexport type Where = Uri;",
  'src/host/session.ts': value('vscode', '../topology/client.ts', '../diagnose/rule.ts'),
  'src/topology/client.ts': `${value('node:fs', '../records/decode.ts')}
import type * as etcd from './etcdTopology.ts';
export const open = (): Promise<typeof etcd> => import('./etcdTopology.ts');`,
  'src/topology/etcdTopology.ts': value('etcd3'),
  'src/diagnose/rule.ts': value('../records/decode.ts', '../model/finding.ts'),
  'src/records/decode.ts': value('../model/finding.ts', '@bufbuild/protobuf'),
  'src/model/finding.ts': 'export const a = 1;',
};

describe('the import rules', function () {
  this.timeout(30_000);

  it('accept imports that follow the rooms', async () => {
    assert.deepEqual(await violations(clean), []);
  });

  it('name every import that does not', async () => {
    const broken = {
      ...clean,
      'src/model/finding.ts': value('../records/decode.ts', 'jsonc-parser'),
      'src/records/decode.ts': value('node:fs', '../model/finding.ts', 'esbuild'),
      'src/diagnose/rule.ts': value('../topology/client.ts', 'vscode'),
      'src/cli/main.ts': value('../host/session.ts', '../diagnose/rule.ts', '../records/nothing.ts'),
      'src/topology/client.ts': value('./etcdTopology.ts', '../records/decode.ts'),
      'src/tree/view.ts': value('../commands/ids.ts', 'etcd3'),
      'src/contributions/ids.ts': value('vscode'),
      'src/util/misc.ts': value('../model/finding.ts'),
    };
    assert.deepEqual(await violations(broken), [
      'clients-in-their-adapters-only: src/tree/view.ts',
      'contributions-name-vscode-types-only: src/contributions/ids.ts',
      'declared-runtime-dependencies-only: src/records/decode.ts',
      'etcd-is-loaded-when-opened: src/topology/client.ts',
      'known-room: src/util/misc.ts',
      'model-needs-no-package: src/model/finding.ts',
      'no-cycles: src/model/finding.ts',
      'no-dead-files: src/util/misc.ts',
      'pure-rooms-do-no-input-output: src/records/decode.ts',
      'resolvable: src/cli/main.ts',
      'room-cli: src/cli/main.ts',
      'room-diagnose: src/diagnose/rule.ts',
      'room-model: src/model/finding.ts',
      'room-tree: src/tree/view.ts',
      'vscode-in-editor-rooms-only: src/diagnose/rule.ts',
    ]);
  });
});

describe('the core bundle', function () {
  this.timeout(30_000);

  it('fails where a file outside the editor rooms needs vscode', async () => {
    const folder = await scratchFolder('core');
    try {
      await mkdir(path.join(folder, 'src', 'model'), { recursive: true });
      await writeFile(path.join(folder, 'src', 'model', 'finding.ts'), 'export const a = 1;');
      await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
      const args = [path.join(ROOT, 'scripts/build.ts'), '--check-core'];
      assert.match(await mustRun(process.execPath, args, { cwd: folder }), /1 files of the core/);
      await writeFile(path.join(folder, 'src', 'model', 'finding.ts'), value('vscode'));
      const { code, output } = await runCommand(process.execPath, args, { cwd: folder });
      assert.notEqual(code, 0);
      assert.match(output, /Could not resolve "vscode"/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
