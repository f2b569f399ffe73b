import assert from 'node:assert/strict';
import { runProgress, unconfirmedKeyspaces } from '../../src/host/runProgress.ts';
import { runItem } from '../../src/host/runItems.ts';
import { planOf } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { runOf } from '../support/runs.ts';

const plan = planOf(loadCapture('12-reverse-vtctld-killed'));

describe('runProgress', () => {
  it('names the step that runs, what happens in it and how much is done', () => {
    const run = runOf(plan, ['done', 'running']);
    const { message, done } = runProgress(run, 'zone1-0000000100 confirmed');
    assert.equal(message, '2 of 4: Confirm what is denied on commerce/0 — zone1-0000000100 confirmed');
    assert.equal(done, 0.25);
  });

  it('has words before the first step', () => {
    assert.equal(runProgress(runOf(plan, []), undefined).message, 'Starting');
    assert.equal(runProgress(runOf(plan, []), 'waiting for a lock').message, 'waiting for a lock');
  });
});

describe('unconfirmedKeyspaces', () => {
  it('names the keyspaces whose primaries stopped the run', () => {
    assert.deepEqual(unconfirmedKeyspaces({ ...runOf(plan, ['undone', 'failed']), status: 'undone' }), ['commerce']);
  });

  it('names none where something else stopped it, or nothing did', () => {
    assert.deepEqual(unconfirmedKeyspaces(runOf(plan, ['done', 'done', 'failed'])), []);
    const done = runOf(plan, ['done', 'done', 'done', 'done']);
    assert.deepEqual(unconfirmedKeyspaces({ ...done, status: 'done' }), []);
  });
});

describe('runItem', () => {
  const clock = (): string => '12:01';
  const run = { ...runOf(plan, ['done']), connection: 'staging' };

  it('says what was repaired where, how it ended and who did it', () => {
    const item = runItem({ id: 'run', run: { status: 'loaded', value: run } }, clock, new Map());
    assert.equal(item.label, '$(error) Repair of staging');
    assert.equal(item.description, 'stopped half way · 12:01');
    assert.equal(item.detail, 'corder and customer · commerce and customer · vt@host');
    assert.equal(item.undoable, true);
  });

  it('says that a run was cut off', () => {
    const running = { ...run, status: 'running' as const };
    const entry = { id: 'run', run: { status: 'loaded' as const, value: running } };
    const died = new Map([['run', { words: 'It ended without a result.' }]]);
    assert.match(runItem(entry, clock, died).description, /^cut off/);
    assert.equal(runItem(entry, clock, died).undoable, true);
    assert.equal(runItem(entry, clock, died).died, 'It ended without a result.');
    assert.match(runItem(entry, clock, new Map()).description, /^running/);
    assert.equal(runItem(entry, clock, new Map()).undoable, false);
  });

  it('shows a file that is no run as such, and offers nothing on it', () => {
    const item = runItem({ id: 'x', run: { status: 'failed', reason: 'it is not JSON' } }, clock, new Map());
    assert.match(item.detail, /could not be read: it is not JSON/);
    assert.equal(item.undoable, false);
  });
});
