import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { runWorker, type WorkerEnd } from '../../src/host/repairWorker.ts';
import type { WorkerRequest } from '../../src/host/workerRequest.ts';
import { planToJson, runFromJson, runToText } from '../../src/history/runText.ts';
import { loadedValue } from '../../src/model/reading.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { begunRun } from '../support/begunRun.ts';

const run = begunRun();
const { plan } = run;
const runJson = JSON.stringify(JSON.parse(runToText(run)));
const request: WorkerRequest = {
  topology: { endpoints: ['127.0.0.1:1'], root: '/vitess/global', user: 'root', password: 'correct horse' },
  tablets: { via: 'dial', waitSeconds: 60, waitConfirms: false },
  connection: 'staging',
  plan: planToJson(plan),
  kind: 'repair',
  forcedKeyspaces: [],
  historyFolder: '/nowhere',
};

interface Told {
  readonly end: WorkerEnd<RunRecord>;
  readonly progress: [RunRecord['id'], string | undefined][];
  readonly warnings: string[];
}

/** Runs a script in place of the worker; its `lines` are what comes in, its `say` writes one out. */
async function workWith(script: string, signal = new AbortController().signal): Promise<Told> {
  const progress: Told['progress'] = [];
  const warnings: string[] = [];
  const prelude = `
    const lines = require('node:readline').createInterface({ input: process.stdin });
    const say = (value) => process.stdout.write((typeof value === 'string' ? value : JSON.stringify(value)) + '\\n');
    const run = ${runJson};`;
  const end = await runWorker(request, {
    spawn: () => spawn(process.execPath, ['-e', prelude + script]),
    decodeRun: (value) => loadedValue(runFromJson(value)),
    onProgress: ({ id }, words) => progress.push([id, words]),
    signal,
    warn: (message) => warnings.push(message),
  });
  return { end, progress, warnings };
}

describe('runWorker', function () {
  this.timeout(20_000);

  it('hands over the request, follows the progress and gives the last run', async () => {
    const { end, progress } = await workWith(`
      lines.once('line', (line) => {
        const { plan, topology } = JSON.parse(line);
        say({ kind: 'progress', run, words: plan.keyspaces.join() + ' ' + topology.password.length });
        say({ kind: 'progress', run });
        say({ kind: 'end', run: { ...run, status: 'done' } });
        process.exit();
      });`);
    assert.deepEqual(progress, [
      [run.id, 'commerce,customer 13'],
      [run.id, undefined],
    ]);
    assert.equal(end.status === 'ended' && end.run.status, 'done');
  });

  it('tells why a run never started', async () => {
    const { end } = await workWith(`say({ kind: 'failed', message: 'No lease.' }); process.exit();`);
    assert.deepEqual(end, { status: 'failed', message: 'No lease.' });
  });

  it('passes over what is not of the protocol, and notes it', async () => {
    const { end, progress, warnings } = await workWith(`
      say('(node:1) DeprecationWarning');
      say('');
      say('null');
      say('[1]');
      say({ kind: 'progress', run: { ...run, steps: [] } });
      say({ kind: 'progress' });
      say({ kind: 'end', run: 'none' });
      say({ kind: 'failed' });
      say({ kind: 'later' });
      say('x'.repeat(100000));
      say({ kind: 'end', run });
      process.exit();`);
    assert.equal(end.status, 'ended');
    assert.deepEqual(progress, []);
    assert.equal(warnings.length, 10);
    assert.ok(warnings.every((warning) => warning.length < 700));
  });

  it('does not take an early exit for an end', async () => {
    const { end } = await workWith(`
      say({ kind: 'progress', run });
      process.stderr.write('out of memory\\n');
      lines.once('line', () => process.exit(3));`);
    assert.equal(end.status, 'lost');
    assert.equal(end.run?.id, run.id);
    assert.match(end.message, /ended with code 3 .*: out of memory$/);
  });

  it('does not take a crash for an end', async () => {
    const { end } = await workWith(`lines.once('line', () => process.kill(process.pid, 'SIGKILL'));`);
    assert.deepEqual([end.status, end.status === 'lost' && end.run], ['lost', undefined]);
    assert.match(end.status === 'lost' ? end.message : '', /ended by SIGKILL/);
  });

  it('asks to cancel, and waits for what comes of it', async () => {
    const cancelled = new AbortController();
    setTimeout(() => cancelled.abort(), 300);
    const { end, progress } = await workWith(
      `lines.on('line', (line) => {
        say({ kind: line === 'cancel' ? 'end' : 'progress', run: { ...run, status: 'undone' } });
        if (line === 'cancel') process.exit();
      });`,
      cancelled.signal,
    );
    assert.equal(progress.length, 1);
    assert.equal(end.status === 'ended' && end.run.status, 'undone');
  });

  it('tells when the process cannot be started', async () => {
    const end = await runWorker(request, {
      spawn: () => spawn('/nowhere/node', []),
      decodeRun: () => undefined,
      onProgress: () => undefined,
      signal: new AbortController().signal,
      warn: () => undefined,
    });
    assert.equal(end.status, 'failed');
    assert.match(end.message, /could not be started: .*ENOENT/);
  });

  it('writes no password into what it notes', async () => {
    const { warnings } = await workWith(`lines.once('line', () => process.exit(1));`);
    assert.doesNotMatch(warnings.join(), /correct horse/);
  });
});
