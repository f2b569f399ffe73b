import assert from 'node:assert/strict';
import { diedRuns } from '../../src/history/diedRuns.ts';
import { defaultHistoryFolder } from '../../src/history/historyFolder.ts';
import { systemClock } from '../../src/history/systemClock.ts';
import { begunRun } from '../support/begunRun.ts';

describe('diedRuns', () => {
  const run = begunRun();
  const options = { now: run.startedAt + 12 * 60_000, hostName: 'desk', isAlive: () => false };

  it('tells a run whose process is gone, with the step that it was in', () => {
    const steps = run.steps.map((step, index) => (index < 2 ? { ...step, status: 'running' as const } : step));
    const [died, ...others] = diedRuns([{ ...run, steps }], options);
    assert.equal(others.length, 0);
    assert.equal(died?.state, 'died');
    assert.match(
      died.words,
      /^The repair that vt@desk began 12 min ago ended without a result, in or after the step "/,
    );
  });

  it('tells a run of another host as one that cannot be seen from here', () => {
    const elsewhere = { ...run, who: { ...run.who, hostName: 'other' } };
    const [found] = diedRuns([elsewhere], { ...options, isAlive: () => true });
    assert.equal(found?.state, 'elsewhere');
    assert.match(found.words, /on another host, before its first step: whether it still does cannot be seen/);
  });

  it('tells the shards that it may not have come to refresh, and how to do that by hand', () => {
    const steps = run.steps.map((step) => ({ ...step, status: 'running' as const }));
    const [died] = diedRuns([{ ...run, steps }], options);
    const names = died?.unrefreshed.map(({ keyspace, shard }) => `${keyspace}/${shard}`);
    assert.deepEqual(names, ['commerce/0', 'customer/-80', 'customer/80-']);
    assert.match(died?.words ?? '', /RefreshStateByShard customer\/80-/);
    assert.doesNotMatch(died?.summary ?? '', /RefreshStateByShard/);
    assert.deepEqual(diedRuns([run], options)[0]?.unrefreshed, []);
  });

  it('leaves out a run whose process is there, and runs that have ended', () => {
    assert.deepEqual(diedRuns([run], { ...options, isAlive: (id) => id === 42 }), []);
    assert.deepEqual(diedRuns([{ ...run, status: 'stopped' }], options), []);
  });
});

describe('defaultHistoryFolder', () => {
  it('is in XDG_STATE_HOME, else in ~/.local/state', () => {
    const home = { HOME: '/home/vt' };
    assert.equal(defaultHistoryFolder({ ...home, XDG_STATE_HOME: '/state' }, 'linux'), '/state/vitess-topo/history');
    assert.equal(defaultHistoryFolder(home, 'linux'), '/home/vt/.local/state/vitess-topo/history');
    assert.equal(
      defaultHistoryFolder({ ...home, XDG_STATE_HOME: 'relative' }, 'darwin'),
      '/home/vt/.local/state/vitess-topo/history',
    );
  });

  it('is in LOCALAPPDATA on Windows', () => {
    const env = { LOCALAPPDATA: 'C:\\Users\\vt\\AppData\\Local', HOME: '/c/Users/vt' };
    assert.equal(defaultHistoryFolder(env, 'win32'), 'C:\\Users\\vt\\AppData\\Local\\vitess-topo\\history');
  });

  it('is nowhere without a home', () => {
    assert.equal(defaultHistoryFolder({}, 'linux'), undefined);
    assert.equal(defaultHistoryFolder({ HOME: '/home/vt' }, 'win32'), undefined);
  });
});

describe('systemClock', () => {
  it('waits, and stops waiting with the reason of an abort', async () => {
    const never = new AbortController();
    const start = systemClock.now();
    await systemClock.wait(5, never.signal);
    assert.ok(systemClock.now() - start >= 4);
    const reason = new Error('stop');
    const waiting = systemClock.wait(60_000, never.signal);
    never.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(systemClock.wait(1, never.signal), reason);
  });
});
