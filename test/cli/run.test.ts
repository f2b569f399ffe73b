import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import { parseDuration } from '../../src/cli/duration.ts';
import { vitessTopo as runCommandLine, type Ran } from './vitessTopo.ts';

const capture = join(import.meta.dirname, '../captures/12-reverse-vtctld-killed');

const vitessTopo = (...args: string[]): Promise<Ran> => runCommandLine(args);

describe('vitess-topo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vitess-topo-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('diagnoses as JSON and exits 1 when there are errors', async () => {
    const { exitCode, out } = await vitessTopo('diagnose', '--snapshot', capture, '--format', 'json');
    assert.equal(exitCode, 1);
    const { complete, findings } = JSON.parse(out) as { complete: boolean; findings: Record<string, unknown>[] };
    assert.ok(complete);
    assert.equal(findings.length, 7);
    assert.deepEqual(Object.keys(findings[0] ?? {}), [
      'code',
      'severity',
      'keyspace',
      'shard',
      'cell',
      'tables',
      'record',
      'message',
      'fixable',
    ]);
  });

  it('exits 0 on a healthy topology', async () => {
    const { exitCode, out } = await vitessTopo('diagnose', '--snapshot', join(capture, '../04-all-switched'));
    assert.equal(exitCode, 0);
    assert.match(out, /0 errors, 0 warnings, 0 notes/);
  });

  it('tells the status with the matrix that the traffic state hides', async () => {
    const { exitCode, out } = await vitessTopo('status', '--snapshot', capture);
    assert.equal(exitCode, 0);
    assert.match(out, /✗ commerce\.commerce2customer_reverse {2}commerce → customer, 2 tables/);
    assert.match(out, /All Reads Switched\. Writes Switched/);
    assert.match(out, /corder +customer +customer +customer/);
  });

  it('writes a snapshot that gives the same diagnosis', async () => {
    const copy = join(folder, 'copy');
    assert.equal((await vitessTopo('snapshot', '--snapshot', capture, '--out', copy)).exitCode, 0);
    const findings = async (from: string): Promise<unknown> =>
      (JSON.parse((await vitessTopo('diagnose', '--snapshot', from, '--format', 'json')).out) as { findings: unknown })
        .findings;
    assert.deepEqual(await findings(copy), await findings(capture));
  });

  it('refuses to write over a snapshot that is there', async () => {
    writeFileSync(join(folder, 'keep'), 'mine');
    const { exitCode, err } = await vitessTopo('snapshot', '--snapshot', capture, '--out', folder);
    assert.equal(exitCode, 2);
    assert.match(err, /vitess-topo: /);
    assert.ok(existsSync(join(folder, 'keep')));
  });

  it('exits 2 with the reason when the topology cannot be read, and prints no empty answer', async () => {
    const { exitCode, out, err } = await vitessTopo('diagnose', '--snapshot', folder, '--format', 'json');
    assert.equal(exitCode, 2);
    assert.equal((JSON.parse(out) as { complete: boolean }).complete, false);
    assert.match(err, /vitess-topo: /);
  });

  it('exits 2 when an etcd does not answer', async () => {
    const { exitCode, err } = await vitessTopo('status', '--etcd', '127.0.0.1:1', '--timeout', '3s');
    assert.equal(exitCode, 2);
    assert.match(err, /127\.0\.0\.1:1/);
  });

  it('says what is wrong with a command line', async () => {
    for (const args of [
      [],
      ['repeal'],
      ['diagnose'],
      ['snapshot', '--snapshot', capture],
      ['status', '--password', 'x'],
    ]) {
      const { exitCode, err } = await vitessTopo(...args);
      assert.equal(exitCode, 2);
      assert.match(err, /--help/);
    }
  });

  it('takes several endpoints, cell addresses and a duration in the way of Go', () => {
    const args = ['status', '--etcd', 'a:1,b:2', '--cell-address', 'zone1=global', '--timeout', '1m30s'];
    const parsed = parseCommandLine(args);
    assert.ok(parsed.kind === 'run' && parsed.commandLine.command === 'status');
    assert.ok(parsed.commandLine.address.kind === 'etcd');
    assert.deepEqual(parsed.commandLine.address.endpoints, ['a:1', 'b:2']);
    assert.deepEqual(parsed.commandLine.address.cellAddresses, { zone1: 'global' });
    assert.equal(parsed.commandLine.timeoutMs, 90_000);
    assert.deepEqual(['0s', '-1s', 'soon', ''].map(parseDuration), [undefined, undefined, undefined, undefined]);
  });
});
