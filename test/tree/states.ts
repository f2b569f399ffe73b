import type { Session } from '../../src/host/session.ts';
import { captureNames } from '../support/captures.ts';
import { captureData, editGlobal, load } from './captureTopology.ts';

const connection = { name: 'sample', kind: 'snapshot', detail: 'folder /snapshots/sample' } as const;
const broken = '12-reverse-vtctld-killed';
const truncated = Uint8Array.of(0x0a, 0xff);

/** Sessions by name: every capture, and the states that a capture cannot show. */
export function sessions(): Map<string, Session> {
  const states = new Map<string, Session>();
  for (const name of captureNames) {
    states.set(name, { connection, state: { status: 'loaded', topology: load(captureData(name)) } });
  }
  const outage = captureData(broken);
  const healthy = captureData('04-all-switched');
  const loaded = (data: typeof outage): Session => ({ connection, state: { status: 'loaded', topology: load(data) } });
  const failure = { code: 'unreachable', message: 'etcd at 10.0.0.1:2379 refuses the connection.' } as const;
  states.set('without-dumps', loaded({ ...outage, dumps: [] }));
  states.set('unreadable-shard', loaded(editGlobal(healthy, { 'keyspaces/customer/shards/80-/Shard': truncated })));
  states.set('unreadable-rules', loaded(editGlobal(healthy, { RoutingRules: truncated })));
  states.set(
    'unreachable-cell',
    loaded({ ...healthy, cells: [{ cell: 'zone1', status: 'failed', failure: { ...failure, code: 'timeout' } }] }),
  );
  states.set('no-keyspaces', loaded({ ...healthy, global: [], cells: [], dumps: [] }));
  states.set('not-connected', { connection, state: { status: 'disconnected' } });
  states.set('first-read', { connection, state: { status: 'loading' } });
  states.set('refreshing', { connection, state: { status: 'loading', last: load(outage) } });
  states.set('unreachable', { connection, state: { status: 'failed', failure } });
  states.set('stale', { connection, state: { status: 'failed', failure, last: load(healthy) } });
  return states;
}
