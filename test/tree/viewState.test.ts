import assert from 'node:assert/strict';
import { clockWords } from '../../src/host/clock.ts';
import type { Session } from '../../src/host/session.ts';
import { staleMessage, viewBadge, viewState } from '../../src/tree/viewState.ts';
import { readAt } from './captureTopology.ts';
import { sessions } from './states.ts';

describe('viewState', () => {
  const states = sessions();
  const only = (name: string): Session[] => [...states].filter(([key]) => key === name).map(([, session]) => session);

  it('is none without a connection', () => {
    assert.deepEqual(viewState([]), { state: 'none', failure: '' });
  });

  it('welcomes by cause when the only connection has nothing to show', () => {
    assert.deepEqual(viewState(only('first-read')), { state: 'loading', failure: '', connection: 'sample' });
    assert.deepEqual(viewState(only('unreachable')), {
      state: 'unreachable',
      failure: 'unreachable',
      connection: 'sample',
    });
    assert.deepEqual(viewState(only('no-keyspaces')), { state: 'empty', failure: '', connection: 'sample' });
  });

  it('shows rows for what was read before, also when it could not be read again', () => {
    for (const name of ['stale', 'refreshing', '00-before', 'unreadable-rules', 'not-connected']) {
      assert.equal(viewState(only(name)).state, 'ready', name);
    }
  });

  it('does not call a topology empty whose records could not be read', () => {
    const [session] = only('no-keyspaces');
    assert.ok(session?.state.status === 'loaded');
    const { topology } = session.state;
    const incomplete = { ...topology, diagnosed: { ...topology.diagnosed, complete: false } };
    assert.equal(viewState([{ ...session, state: { status: 'loaded', topology: incomplete } }]).state, 'ready');
  });

  it('says above the rows which connections are stale since when, and why', () => {
    const clock = clockWords(() => readAt, 'en', 'UTC');
    const message = 'production is stale since 02:05 (etcd at 10.0.0.1:2379 refuses the connection.)';
    assert.equal(staleMessage([...only('lost'), ...only('live')], clock), message);
    assert.equal(staleMessage([...only('live'), ...only('stale')], clock), '');
  });

  it('shows rows as soon as there are two connections', () => {
    assert.equal(viewState([...only('unreachable'), ...only('first-read')]).state, 'ready');
  });
});

describe('viewBadge', () => {
  it('counts errors, and what could not be checked or read', () => {
    const states = sessions();
    const badge = (...names: string[]): ReturnType<typeof viewBadge> =>
      viewBadge(names.flatMap((name) => states.get(name) ?? []));
    assert.equal(badge('04-all-switched', '17-two-cells-replica-zone1', 'not-connected'), undefined);
    assert.deepEqual(badge('12-reverse-vtctld-killed'), { value: 4, tooltip: '4 errors in sample' });
    assert.deepEqual(badge('unreachable-cell'), { value: 1, tooltip: '1 record of sample not checked' });
    assert.deepEqual(badge('unreachable', '12-reverse-vtctld-killed'), {
      value: 5,
      tooltip: 'sample could not be read; 4 errors in sample',
    });
  });
});
