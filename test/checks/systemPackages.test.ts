import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { ensureSystemPackages } from '../../scripts/tools/systemPackages.ts';
import type { SystemNeed } from '../../scripts/tools/systemPackages.ts';

describe('ensureSystemPackages', () => {
  const originalPath = process.env['PATH'] ?? '';
  const printed = console.log;
  let folder: string;

  beforeEach(async () => {
    folder = await scratchFolder('apt');
    console.log = () => undefined;
  });
  afterEach(async () => {
    process.env['PATH'] = originalPath;
    console.log = printed;
    await rm(folder, { recursive: true, force: true });
  });

  /** A machine whose apt-get notes how it was called and, where it works, makes the need present. */
  async function withApt(works: boolean): Promise<void> {
    const effect = works ? `case "$*" in *install*) touch "${folder}/present";; esac` : ':';
    const programs = { 'apt-get': `echo "$*" >> "${folder}/calls"; ${effect}`, sudo: 'shift; exec "$@"' };
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(path.join(folder, name), 0o755);
    }
    process.env['PATH'] = `${folder}:/usr/bin:/bin`;
  }

  const need = (): SystemNeed => ({
    what: 'etcd',
    debian: 'etcd-server',
    present: () => Promise.resolve(existsSync(path.join(folder, 'present'))),
  });

  it('calls nothing when all is there', async () => {
    await withApt(true);
    await writeFile(path.join(folder, 'present'), '');
    await ensureSystemPackages([need()]);
    assert.equal(existsSync(path.join(folder, 'calls')), false);
  });

  it('installs what is missing with apt, each package once', async () => {
    await withApt(true);
    await ensureSystemPackages([need(), need()]);
    const calls = await readFile(path.join(folder, 'calls'), 'utf8');
    assert.equal(calls, '-qq update\n-qq install -y --no-install-recommends etcd-server\n');
  });

  it('names what is still missing after apt', async () => {
    await withApt(false);
    await assert.rejects(ensureSystemPackages([need()]), /still missing after apt: etcd/);
  });

  it('names what to install where there is no apt', async () => {
    process.env['PATH'] = folder;
    await assert.rejects(ensureSystemPackages([need()]), /missing on PATH: etcd\./);
  });
});
