/** Broken topologies to repair: of captures of a real cluster, with fields that this project does not know. */
import { create } from '@bufbuild/protobuf';
import type { RepairRequest } from '../../src/model/plan.ts';
import { cellRecord, globalRecord, type RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { Shard_TabletControlSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { loadCapture } from '../support/captures.ts';
import {
  bytesOf,
  rebuilt,
  withBytes,
  withDenied,
  withRoutes,
  withShard,
  withSrvKeyspace,
  withSrvVSchema,
} from '../support/edit.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';

export interface State {
  readonly name: string;
  readonly data: TopologyData;
  readonly request: RepairRequest;
  /** Paths of locks that a killed vtctld left, without leases: only time makes those with one count as abandoned. */
  readonly locks: readonly string[];
  /** A cell that is on an etcd of its own. */
  readonly otherCell?: string;
}

/** The move of all captures. */
export const move = { source: 'commerce', target: 'customer', tables: ['corder', 'customer'] };

/** A field that no version of Vitess has, in every record that a repair may write. */
export const unknownField = wireDelimited(15_000, 'kept by whoever rewrites this');
export const rewritten: readonly RecordId[] = [
  globalRecord.routingRules,
  globalRecord.shard('commerce', '0'),
  globalRecord.shard('customer', '-80'),
  globalRecord.shard('customer', '80-'),
];

const killed = withoutLocks('12-reverse-vtctld-killed');
const switched = withoutLocks('04-all-switched');
const earlier = withoutLocks('02-rdonly-switched');
const twoCells = withoutLocks('17-two-cells-replica-zone1');
const namedLock = 'internal/named_locks/commerce/commerce2customer_reverse';
const repairAll: RepairRequest = { scope: { kind: 'all' }, direction: { kind: 'follow-routing' }, followReads: false };

function withoutLocks(capture: string): TopologyData {
  const data = loadCapture(capture);
  const global = data.global.filter(({ path }) => !path.includes('/locks/'));
  return rewritten.reduce(withUnknownField, { ...data, global, dumps: [] });
}

function withUnknownField(data: TopologyData, record: RecordId): TopologyData {
  const value = bytesOf(data, record);
  return value === undefined ? data : withBytes(data, record, wireBytes(value, unknownField));
}

function denying(data: TopologyData, commerce: readonly string[], left: readonly string[], right = left): TopologyData {
  const source = withDenied(data, 'commerce', '0', commerce);
  return withDenied(withDenied(source, 'customer', '-80', left), 'customer', '80-', right);
}

function state(name: string, data: TopologyData, more: Partial<State> = {}): State {
  return { name, data, request: repairAll, locks: [], ...more };
}

const serving = rebuilt(switched);
const { tables } = move;
/** zone1 serves by older rules than the global ones, and the side that serves denies. */
const brokenTwoCells = withSrvVSchema(denying(twoCells, tables, []), 'zone1', (srvVSchema) => {
  delete srvVSchema.routingRules;
});

/** The state that issue reports tell of, with the locks that were left. */
export const reverseKilled = state('a reverse whose vtctld was killed', killed, {
  locks: [namedLock, 'keyspaces/customer'],
});

export const servedFromSource = state('a move to be served from its source', killed, {
  request: { ...repairAll, direction: { kind: 'serve-from', keyspace: 'commerce' } },
});

export const bothDeny = state('both sides deny', denying(killed, tables, tables));

export const onTwoCells = state('two cells', brokenTwoCells);

export const onTwoClusters = state('a cell on an etcd of its own', brokenTwoCells, { otherCell: 'zone2' });

export const states: readonly State[] = [
  reverseKilled,
  bothDeny,
  state('the other side does not deny', denying(serving, [], [])),
  state('shards disagree', denying(serving, tables, tables, [])),
  state('the tables of a move disagree', denying(killed, ['customer'], ['corder'])),
  state('dangling rules', withRoutes(serving, { ghost: 'nowhere.ghost', 'commerce.ghost': 'nowhere.ghost' })),
  state('an orphan', denying(serving, tables, ['ghost'])),
  state(
    'a duplicate control',
    withShard(serving, 'commerce', '0', ({ tabletControls }) => {
      const control = { tabletType: TabletType.PRIMARY, deniedTables: ['corder'] };
      tabletControls.push(create(Shard_TabletControlSchema, control));
    }),
  ),
  state(
    'a stale SrvVSchema',
    withBytes(serving, cellRecord.srvVSchema('zone1'), bytesOf(earlier, cellRecord.srvVSchema('zone1'))),
  ),
  state(
    'a stale SrvKeyspace',
    withSrvKeyspace(serving, 'zone1', 'customer', ({ partitions }) => {
      for (const { shardReferences } of partitions) shardReferences.pop();
    }),
  ),
  state('an abandoned lock', serving, { locks: [namedLock] }),
  servedFromSource,
  onTwoCells,
  onTwoClusters,
];
