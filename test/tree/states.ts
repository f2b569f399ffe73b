import type { Session } from '../../src/host/session.ts';
import { captureNames } from '../support/captures.ts';
import { captureData, editGlobal, load, readAt } from './captureTopology.ts';

const connection = { name: 'sample', kind: 'snapshot', detail: 'folder /snapshots/sample' } as const;
const etcd = { name: 'production', kind: 'etcd', detail: 'etcd 10.0.0.1:2379, root /vitess/global' } as const;
const broken = '12-reverse-vtctld-killed';
const truncated = Uint8Array.of(0x0a, 0xff);

const stream = (shard: string, state: string, message = ''): object => ({
  streams: [
    {
      id: '1',
      shard,
      state,
      message,
      binlog_source: {
        keyspace: 'commerce',
        shard: '0',
        filter: { rules: [{ match: 'corder' }, { match: 'customer' }] },
      },
      copy_states: state === 'Copying' ? [{ table: 'corder' }] : [],
    },
  ],
});
/** A workflow in its copy, with a stream that failed, as vtctldclient prints it. */
const copying = [
  { name: 'WorkflowList-commerce.json', text: '[]' },
  { name: 'WorkflowList-customer.json', text: '["commerce2customer"]' },
  {
    name: 'WorkflowShow-customer.json',
    text: JSON.stringify({
      workflows: [
        {
          name: 'commerce2customer',
          workflow_type: 'MoveTables',
          source: { keyspace: 'commerce' },
          target: { keyspace: 'customer' },
          shard_streams: {
            '-80/zone1-0000000200': stream('-80', 'Copying'),
            '80-/zone1-0000000300': stream('80-', 'Error', 'Duplicate entry 1 for key PRIMARY'),
          },
        },
      ],
    }),
  },
  {
    name: 'MoveTablesStatus-customer-commerce2customer.json',
    text: JSON.stringify({
      traffic_state: 'Reads Not Switched. Writes Not Switched',
      shard_streams: { 'customer/-80': { streams: [{ source_shard: 'commerce/0' }] } },
      table_copy_state: {
        corder: { rows_copied: '450', rows_total: '1000', bytes_copied: '4500', bytes_total: '10000' },
      },
    }),
  },
];

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
  const asked = { source: 'vtctld at 10.0.0.1:15999', askedAt: outage.readAt, unread: [] };
  states.set('vtctld', loaded({ ...outage, workflows: asked }));
  states.set('vtctld-copying', loaded({ ...captureData('01-created'), dumps: copying, workflows: asked }));
  const refused = { keyspace: 'customer', reason: 'vtctld at 10.0.0.1:15999: nothing listens there.' };
  const down = [{ ...refused, keyspace: 'commerce' }, refused];
  states.set('vtctld-down', loaded({ ...outage, dumps: [], workflows: { ...asked, unread: down } }));
  states.set('no-keyspaces', loaded({ ...healthy, global: [], cells: [], dumps: [] }));
  states.set('not-connected', { connection, state: { status: 'disconnected' } });
  states.set('first-read', { connection, state: { status: 'loading' } });
  states.set('refreshing', { connection, state: { status: 'loading', last: load(outage) } });
  states.set('unreachable', { connection, state: { status: 'failed', failure } });
  states.set('stale', { connection, state: { status: 'failed', failure, last: load(healthy) } });
  states.set('live', { connection: etcd, state: { status: 'loaded', topology: load(healthy), live: true } });
  states.set('lost', { connection: etcd, state: { status: 'failed', failure, last: load(healthy), since: readAt } });
  return states;
}
