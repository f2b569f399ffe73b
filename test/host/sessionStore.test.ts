import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Disposable } from 'vscode';
import type { ConnectionSettings } from '../../src/host/connectionSettings.ts';
import type { Session } from '../../src/host/session.ts';
import { SessionStore } from '../../src/host/sessionStore.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { TopologyError, type ReadOptions, type Topology } from '../../src/topology/topology.ts';
import { captureData } from '../tree/captureTopology.ts';

const a: ConnectionSettings = { kind: 'snapshot', name: 'a', folder: '/a' };
const b: ConnectionSettings = { kind: 'snapshot', name: 'b', folder: '/b' };

/** A topology whose reads end when the test says so. */
class StubTopology implements Topology {
  readonly description = 'stub';
  reads = 0;
  closed = false;
  signals: AbortSignal[] = [];
  private readonly events = new EventEmitter();

  read({ signal }: ReadOptions = {}): Promise<TopologyData> {
    this.reads += 1;
    if (signal !== undefined) this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.events.once('answer', resolve);
      this.events.once('fail', reject);
      signal?.addEventListener('abort', () => reject(new TopologyError({ code: 'cancelled', message: 'cancelled' })));
    });
  }

  answer(data: TopologyData): void {
    this.events.emit('answer', data);
  }

  fail(error: Error): void {
    this.events.emit('fail', error);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

interface Fixture {
  readonly store: SessionStore;
  readonly opened: StubTopology[];
  readonly events: (string | undefined)[];
  readonly remembered: (string | undefined)[];
  readonly logged: string[];
}

function fixture(remembered?: string): Fixture {
  const listeners = new Set<(session: Session | undefined) => void>();
  const result: Omit<Fixture, 'store'> = { opened: [], events: [], remembered: [], logged: [] };
  const store = new SessionStore({
    open: () => {
      const topology = new StubTopology();
      result.opened.push(topology);
      return Promise.resolve(topology);
    },
    timeoutMs: () => 1000,
    live: () => true,
    now: () => 5,
    changes: {
      event: (listener) => {
        listeners.add(listener);
        const subscription: unknown = { dispose: () => listeners.delete(listener) };
        return subscription as Disposable;
      },
      fire: (session) => {
        for (const listener of listeners) listener(session);
      },
      dispose: () => listeners.clear(),
    },
    memory: { get: () => remembered, set: (name) => result.remembered.push(name) },
    log: { info: (message) => result.logged.push(message), error: (_error, message) => result.logged.push(message) },
  });
  store.onDidChange((session) => result.events.push(session?.connection.name));
  return { store, ...result };
}

/** Lets everything that is ready run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SessionStore', () => {
  const data = captureData('04-all-switched');

  it('reads on connect and makes the connection active', async () => {
    const { store, opened, remembered } = fixture();
    store.configure([a, b]);
    const connecting = store.connect('b');
    await settle();
    assert.equal(store.get('b')?.state.status, 'loading');
    opened[0]?.answer(data);
    const state = await connecting;
    assert.equal(state.status, 'loaded');
    assert.equal(store.active?.connection.name, 'b');
    assert.deepEqual(remembered, ['b']);
  });

  it('shares one read among callers at the same time', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const both = [store.refresh('a'), store.refresh('a')];
    await settle();
    opened[0]?.answer(data);
    assert.deepEqual(
      (await Promise.all(both)).map(({ status }) => status),
      ['loaded', 'loaded'],
    );
    assert.equal(opened.length, 1);
    assert.equal(opened[0]?.reads, 1);
  });

  it('keeps reading for one caller when another gives up', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const abort = new AbortController();
    const given = store.refresh('a', abort.signal);
    const waiting = store.refresh('a');
    await settle();
    abort.abort();
    await assert.rejects(given, { code: 'cancelled' });
    assert.equal(opened[0]?.signals[0]?.aborted, false);
    opened[0].answer(data);
    assert.equal((await waiting).status, 'loaded');
  });

  it('aborts the read when its only caller gives up, and is as it was before', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const first = store.refresh('a');
    await settle();
    opened[0]?.answer(data);
    const loaded = await first;
    const abort = new AbortController();
    const second = store.refresh('a', abort.signal);
    await settle();
    abort.abort();
    await assert.rejects(second, { code: 'cancelled' });
    await settle();
    assert.equal(opened[0]?.signals[1]?.aborted, true);
    assert.equal(store.get('a')?.state, loaded);
  });

  it('keeps what was read before when a refresh fails', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const first = store.refresh('a');
    await settle();
    opened[0]?.answer(data);
    await first;
    const second = store.refresh('a');
    await settle();
    opened[0]?.fail(new TopologyError({ code: 'unreachable', message: 'nobody answers' }));
    const state = await second;
    assert.ok(state.status === 'failed');
    assert.deepEqual(state.failure, { code: 'unreachable', message: 'nobody answers' });
    assert.equal(state.last?.data, data);
  });

  it('names an error that it does not know as such, and logs it', async () => {
    const { store, opened, logged } = fixture();
    store.configure([a]);
    const reading = store.refresh('a');
    await settle();
    opened[0]?.fail(new RangeError('odd'));
    const state = await reading;
    assert.ok(state.status === 'failed');
    assert.equal(state.failure.code, 'invalid');
    assert.match(state.failure.message, /odd/);
    assert.deepEqual(logged, ['a: could not be read']);
  });

  it('closes and forgets on disconnect, also in the middle of a read', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const reading = store.connect('a');
    await settle();
    await store.disconnect('a');
    await reading;
    assert.equal(opened[0]?.closed, true);
    assert.equal(store.get('a')?.state.status, 'disconnected');
    assert.equal(store.active, undefined);
  });

  it('keeps unchanged connections when the settings change, and closes the others', async () => {
    const { store, opened } = fixture();
    store.configure([a, b]);
    for (const name of ['a', 'b']) {
      const reading = store.refresh(name);
      await settle();
      opened.at(-1)?.answer(data);
      await reading;
    }
    store.configure([{ ...b, folder: '/elsewhere' }, a]);
    await settle();
    assert.deepEqual(
      store.all.map(({ connection: { name, detail }, state: { status } }) => [name, detail, status]),
      [
        ['b', 'folder /elsewhere', 'disconnected'],
        ['a', 'folder /a', 'loaded'],
      ],
    );
    assert.deepEqual(
      opened.map(({ closed }) => closed),
      [false, true],
    );
  });

  it('keeps connections of this window apart from those of the settings', () => {
    const { store } = fixture();
    store.addForWindow(b);
    store.configure([a]);
    assert.deepEqual(
      store.all.map(({ connection }) => [connection.name, store.originOf(connection.name)]),
      [
        ['a', 'settings'],
        ['b', 'window'],
      ],
    );
    assert.throws(() => store.addForWindow({ ...a, folder: '/other' }), /in the settings/);
    store.removeFromWindow('a');
    store.removeFromWindow('b');
    assert.deepEqual(
      store.all.map(({ connection }) => connection.name),
      ['a'],
    );
  });

  it('prefers the connection of last time, else the first', () => {
    const last = fixture('b');
    last.store.configure([a, b]);
    assert.equal(last.store.preferred?.connection.name, 'b');
    const gone = fixture('c');
    gone.store.configure([a, b]);
    assert.equal(gone.store.preferred?.connection.name, 'a');
  });

  it('fires for the session that changed, and without one for the list', async () => {
    const { store, opened, events } = fixture();
    store.configure([a, b]);
    assert.deepEqual(events, [undefined]);
    const reading = store.refresh('b');
    await settle();
    opened[0]?.answer(data);
    await reading;
    assert.deepEqual(events, [undefined, 'b', 'b']);
  });

  it('closes everything when it is disposed of', async () => {
    const { store, opened } = fixture();
    store.configure([a]);
    const reading = store.refresh('a');
    await settle();
    store.dispose();
    await reading;
    assert.equal(opened[0]?.closed, true);
    assert.equal(opened[0].signals[0]?.aborted, true);
  });
});
