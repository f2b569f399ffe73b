import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disposable } from 'vscode';
import type { ConnectionSettings } from '../../src/host/connectionSettings.ts';
import type { Session, SessionState } from '../../src/host/session.ts';
import { SessionStore } from '../../src/host/sessionStore.ts';
import type { TopologyUpdate } from '../../src/model/topologyChange.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { WritableMemoryTopology } from '../../src/topology/memoryWriter.ts';
import { TopologyError, type Topology, type WatchOptions } from '../../src/topology/topology.ts';
import { bytes, captureKeys } from '../topology/contract.ts';

const connection: ConnectionSettings = { kind: 'snapshot', name: 'a', folder: '/a' };
const shardKey = '/vitess/global/keyspaces/customer/shards/-80/Shard';
const failure = { code: 'unreachable', message: 'nobody answers' } as const;

/** A topology whose watch the test can disturb. */
class Disturbed implements Topology {
  readonly memory: WritableMemoryTopology;
  readonly description = 'memory';
  reads = 0;
  failing = false;
  tell: (update: TopologyUpdate) => void = () => undefined;
  watches = 0;
  ended = 0;

  constructor(keys: ReadonlyMap<string, Uint8Array>) {
    this.memory = new WritableMemoryTopology({ keys, root: '/vitess/global' });
  }

  read(): Promise<TopologyData> {
    this.reads += 1;
    return this.failing ? Promise.reject(new TopologyError(failure)) : this.memory.read();
  }

  async watch(from: TopologyData, listener: (update: TopologyUpdate) => void, options: WatchOptions): Promise<void> {
    this.watches += 1;
    this.tell = listener;
    await this.memory.watch(from, listener, options);
    this.ended += 1;
  }

  close(): Promise<void> {
    return this.memory.close();
  }
}

interface Fixture {
  readonly store: SessionStore;
  readonly topology: Disturbed;
  readonly states: SessionState[];
  readonly settings: { live: boolean };
}

async function fixture(live = true): Promise<Fixture> {
  const topology = new Disturbed(await captureKeys('04-all-switched'));
  const listeners = new Set<(session: Session | undefined) => void>();
  const settings = { live };
  const store = new SessionStore({
    open: () => Promise.resolve(topology),
    timeoutMs: () => 1000,
    live: () => settings.live,
    now: () => Date.now(),
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
    memory: { get: () => undefined, set: () => undefined },
    log: { info: () => undefined, error: assert.ifError },
  });
  store.configure([connection]);
  const states: SessionState[] = [];
  store.onDidChange((session) => session && states.push(session.state));
  await store.connect('a');
  return { store, topology, states, settings };
}

function stateOf(store: SessionStore): SessionState {
  return store.get('a')?.state ?? assert.fail('no session');
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'what was waited for did not come');
    await delay(5);
  }
}

const isLive = ({ store }: Fixture): boolean => {
  const state = stateOf(store);
  return state.status === 'loaded' && state.live === true;
};

describe('a session whose topology is followed', () => {
  let current: Fixture | undefined;
  const start = async (live?: boolean): Promise<Fixture> => (current = await fixture(live));
  afterEach(() => current?.store.dispose());

  it('is live as soon as the watch stands, and not before', async () => {
    const session = await start();
    assert.ok(stateOf(session.store).status === 'loaded' && !isLive(session));
    await until(() => isLive(session));
  });

  it('shows a write, and what it breaks', async () => {
    const session = await start();
    await until(() => isLive(session));
    session.topology.memory.store.put(shardKey, bytes('broken'));
    await until(() => {
      const state = stateOf(session.store);
      return state.status === 'loaded' && state.topology.diagnosed.findings.length > 0;
    });
    const state = stateOf(session.store);
    assert.ok(state.status === 'loaded');
    assert.deepEqual(
      state.topology.diagnosed.findings.map(({ code }) => code),
      ['record-unreadable'],
    );
    assert.equal(session.topology.reads, 1);
  });

  it('makes one change of the views out of a burst, and a moment out of each write', async () => {
    const session = await start();
    await until(() => isLive(session));
    const before = session.states.length;
    for (let index = 0; index < 20; index++) session.topology.memory.store.put(shardKey, bytes(`${index}`));
    await until(() => session.states.length > before);
    await delay(100);
    assert.equal(session.states.length, before + 1);
    const moments = session.store.get('a')?.moments ?? [];
    assert.equal(moments.length, 21);
    assert.deepEqual(moments[0]?.events, []);
    assert.ok(moments.slice(1).every(({ events }) => events.length === 1));
  });

  it('keeps the last 500 moments', async () => {
    const session = await start();
    await until(() => isLive(session));
    const { store } = session.topology.memory;
    for (let index = 0; index < 520; index++) store.put(shardKey, bytes(`${index}`));
    const last = store.revision;
    await until(() => session.store.get('a')?.moments?.at(-1)?.revision === last);
    assert.equal(session.store.get('a')?.moments?.length, 500);
  });

  it('is stale, since then, while the watch is lost, and live again after', async () => {
    const session = await start();
    await until(() => isLive(session));
    const { data } = session.store.get('a')?.moments?.at(-1) as unknown as { data: TopologyData };
    session.topology.tell({ data, changes: [], revision: undefined, status: { kind: 'stale', since: 7, failure } });
    await until(() => stateOf(session.store).status === 'failed');
    const state = stateOf(session.store);
    assert.ok(state.status === 'failed');
    assert.deepEqual([state.since, state.failure, state.last?.loadedAt], [7, failure, 7]);
    session.topology.tell({ data, changes: [], revision: undefined, status: { kind: 'live' } });
    await until(() => isLive(session));
  });

  it('reads again when it is told to, follows on from there, and keeps its moments', async () => {
    const session = await start();
    await until(() => isLive(session));
    await session.store.refresh('a');
    await until(() => isLive(session));
    assert.deepEqual([session.topology.reads, session.topology.watches, session.topology.ended], [2, 2, 1]);
    session.topology.memory.store.put(shardKey, bytes('broken'));
    await until(() => session.store.get('a')?.moments?.length === 2);
  });

  it('follows on from what it knows when a refresh fails', async () => {
    const session = await start();
    await until(() => isLive(session));
    session.topology.failing = true;
    assert.equal((await session.store.refresh('a')).status, 'failed');
    await until(() => isLive(session));
  });

  it('is followed again after a refresh that was given up', async () => {
    const session = await start();
    await until(() => isLive(session));
    const abort = new AbortController();
    const refreshing = session.store.refresh('a', abort.signal);
    abort.abort();
    await assert.rejects(refreshing, { code: 'cancelled' });
    await until(() => session.topology.watches === 2 && isLive(session));
  });

  it('is not followed where the setting says so, until it says otherwise', async () => {
    const session = await start(false);
    assert.equal(session.topology.watches, 0);
    session.settings.live = true;
    session.store.updateLive();
    await until(() => isLive(session));
    session.settings.live = false;
    session.store.updateLive();
    await until(() => session.topology.ended === 1);
    assert.ok(stateOf(session.store).status === 'loaded' && !isLive(session));
  });

  it('is followed no more once it is disconnected, and forgets its moments', async () => {
    const session = await start();
    await until(() => isLive(session));
    await session.store.disconnect('a');
    await until(() => session.topology.ended === 1);
    assert.deepEqual(session.store.get('a')?.moments, []);
    assert.equal(stateOf(session.store).status, 'disconnected');
  });

  it('names the record that a moment changed', async () => {
    const session = await start();
    await until(() => isLive(session));
    session.topology.memory.store.delete('/vitess/zone1/SrvVSchema');
    await until(() => session.store.get('a')?.moments?.length === 2);
    const moment = session.store.get('a')?.moments?.[1];
    assert.equal(moment?.events[0]?.record, 'zone1/SrvVSchema');
    assert.equal(moment.topology.snapshot.cells[0]?.srvVSchema.status, 'absent');
  });
});
