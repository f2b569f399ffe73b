import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileHistory } from '../../src/history/fileHistory.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { begunRun } from '../support/begunRun.ts';

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

describe('FileHistory', () => {
  let parent = '';
  let history = new FileHistory('');
  const saved = async (startedAt: number, more: Partial<RunRecord> = {}): Promise<RunRecord> => {
    const run = begunRun({ id: history.newId(startedAt), startedAt, ...more });
    await history.save(run);
    return run;
  };
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'history-'));
    history = new FileHistory(path.join(parent, 'state', 'history'));
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it('reads back what it saved, and the last of several saves', async () => {
    const run = await saved(1000);
    assert.deepEqual(await history.load(run.id), { status: 'loaded', value: run });
    const done = { ...run, status: 'done', message: 'Done.' } as const;
    await history.save(done);
    assert.deepEqual(await history.load(run.id), { status: 'loaded', value: done });
    assert.deepEqual(await readdir(history.folder), [`${run.id}.json`]);
  });

  it('keeps saves in order when nobody waits for them', async () => {
    const run = begunRun({ id: history.newId(1) });
    const states = Array.from({ length: 20 }, (_, index) => ({ ...run, message: `state ${index}` }));
    await Promise.all(states.map((state) => history.save(state)));
    assert.deepEqual(await history.load(run.id), { status: 'loaded', value: states.at(-1) });
  });

  it('lets nobody else read', async () => {
    const run = await saved(1000);
    assert.equal(await modeOf(history.folder), 0o700);
    assert.equal(await modeOf(path.join(history.folder, `${run.id}.json`)), 0o600);
  });

  it('lists the newest first', async () => {
    const times = [Date.UTC(2026, 1, 3), Date.UTC(2026, 10, 24, 9), Date.UTC(2025, 11, 31), Date.UTC(2026, 10, 24, 10)];
    for (const time of times) await saved(time);
    const listed = (await history.list()).map(({ run }) => run.status === 'loaded' && run.value.startedAt);
    assert.deepEqual(
      listed,
      times.toSorted((a, b) => b - a),
    );
  });

  it('gives runs of the same moment different ids', () => {
    assert.equal(new Set(Array.from({ length: 100 }, () => history.newId(5))).size, 100);
  });

  it('tells files that are no run beside those that are', async () => {
    const run = await saved(1000);
    const [cut, misnamed] = [history.newId(2000), history.newId(3000)];
    const text = await readFile(path.join(history.folder, `${run.id}.json`), 'utf8');
    await writeFile(path.join(history.folder, `${cut}.json`), text.slice(0, 300));
    await writeFile(path.join(history.folder, `${misnamed}.json`), text);
    await writeFile(path.join(history.folder, 'notes.json'), text);
    await writeFile(path.join(history.folder, `.${run.id}.tmp`), 'a save that was cut off');
    await mkdir(path.join(history.folder, `${history.newId(4000)}.json`));
    const listed = (await history.list()).map(({ id, run: reading }) =>
      reading.status === 'failed' ? reading.reason.replace(/"[^"]*"$|: .*/, '') : `${reading.status} ${id}`,
    );
    assert.deepEqual(listed, [
      '"notes" is not the id of a run',
      'EISDIR',
      'it holds the run ',
      'it is not JSON',
      `loaded ${run.id}`,
    ]);
  });

  it('lists nothing before the first run', async () => {
    assert.deepEqual(await history.list(), []);
    assert.deepEqual(await history.load(history.newId(1)), { status: 'absent' });
  });

  it('rejects when the folder cannot be listed', async () => {
    await writeFile(path.join(parent, 'file'), '');
    await assert.rejects(new FileHistory(path.join(parent, 'file')).list(), /ENOTDIR/);
  });

  it('rejects a save that does not reach the disk, keeps what was there, and saves again later', async () => {
    const run = await saved(1000);
    const file = path.join(history.folder, `${run.id}.json`);
    const before = await readFile(file, 'utf8');
    const blocked = history.newId(2000);
    await mkdir(path.join(history.folder, `${blocked}.json`));
    await assert.rejects(history.save({ ...run, id: blocked }), /EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    assert.equal(await readFile(file, 'utf8'), before);
    assert.ok(!(await readdir(history.folder)).some((name) => name.endsWith('.tmp')), 'a half file is left');
    await history.save({ ...run, message: 'later' });
    assert.notEqual(await readFile(file, 'utf8'), before);
  });

  it('never leaves the folder, whatever a run calls itself', async () => {
    for (const id of ['../escape', '', 'a/b', '20261124T040000000Z-0123456789ab/../x']) {
      await assert.rejects(history.save(begunRun({ id })), /is not the id of a run/);
      assert.equal((await history.load(id)).status, 'failed');
    }
    assert.deepEqual(await readdir(parent), []);
  });
});
