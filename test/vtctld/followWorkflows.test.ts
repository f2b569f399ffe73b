import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import type { TopologyUpdate } from '../../src/model/topologyChange.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { RoutingRulesSchema } from '../../src/records/gen/vschema_pb.js';
import {
  GetKeyspacesResponseSchema,
  GetWorkflowsResponseSchema,
  WorkflowStatusResponseSchema,
} from '../../src/records/gen/vtctldata_pb.js';
import type { Topology, WatchOptions } from '../../src/topology/topology.ts';
import type { WorkflowClient } from '../../src/vtctld/askWorkflows.ts';
import { withWorkflows } from '../../src/vtctld/withWorkflows.ts';
import { findingsOf } from '../support/diagnosed.ts';
import { loadCapture } from '../support/captures.ts';

const stored: TopologyData = { ...loadCapture('01-created'), dumps: [] };
const rules = { path: 'RoutingRules', value: toBinary(RoutingRulesSchema, create(RoutingRulesSchema)) };

/** A topology that tells what a test has it tell. */
class ToldTopology implements Topology {
  readonly description = 'a topology';
  tell: (update: Partial<TopologyUpdate>) => void = () => assert.fail('nobody watches');
  from: TopologyData | undefined;

  read(): Promise<TopologyData> {
    return Promise.resolve(stored);
  }

  async watch(from: TopologyData, listener: (update: TopologyUpdate) => void, options: WatchOptions): Promise<void> {
    this.from = from;
    this.tell = (update) => {
      listener({ data: stored, changes: [], revision: undefined, status: { kind: 'live' }, ...update });
    };
    await new Promise<void>((resolve) => {
      options.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A vtctld whose only workflow moves the tables of the capture. */
class ToldVtctld implements WorkflowClient {
  readonly description = 'vtctld at v:1';
  asked = 0;
  state = 'Reads Not Switched. Writes Not Switched';

  getKeyspaces() {
    this.asked++;
    const keyspaces = [{ name: 'commerce' }, { name: 'customer' }];
    return Promise.resolve(create(GetKeyspacesResponseSchema, { keyspaces }).keyspaces);
  }

  getWorkflows(keyspace: string) {
    const workflow = {
      name: 'commerce2customer',
      workflowType: 'MoveTables',
      source: { keyspace: 'commerce' },
      target: { keyspace },
      shardStreams: {
        '-80/zone1-0000000200': {
          streams: [{ id: 1n, state: 'Running', binlogSource: { keyspace: 'commerce', filter: { rules: tables } } }],
        },
      },
    };
    const workflows = keyspace === 'customer' ? [workflow] : [];
    return Promise.resolve(create(GetWorkflowsResponseSchema, { workflows }).workflows);
  }

  workflowStatus() {
    const shardStreams = { 'customer/-80': { streams: [{ sourceShard: 'commerce/0' }] } };
    return Promise.resolve(create(WorkflowStatusResponseSchema, { trafficState: this.state, shardStreams }));
  }
}

const tables = [{ match: 'corder' }, { match: 'customer' }];

describe('a followed topology with workflows', () => {
  let topology: ToldTopology;
  let vtctld: ToldVtctld;
  let updates: TopologyUpdate[];
  let ending: AbortController;
  let watching: Promise<void> | undefined;
  const follow = async (intervalMs: number): Promise<void> => {
    const both = withWorkflows(topology, vtctld, intervalMs);
    const from = await both.read();
    watching = both.watch(from, (update) => updates.push(update), { signal: ending.signal });
  };
  const latest = (): TopologyData => {
    const last = updates.at(-1);
    assert.ok(last);
    return last.data;
  };
  beforeEach(() => {
    topology = new ToldTopology();
    vtctld = new ToldVtctld();
    updates = [];
    ending = new AbortController();
  });
  afterEach(async () => {
    ending.abort();
    await watching;
  });

  it('has the workflows beside every update, also after everything was read again', async () => {
    await follow(60_000);
    assert.equal(topology.from, stored);
    topology.tell({});
    assert.deepEqual([...decodeSnapshot(latest()).workflows.completeFor], ['commerce', 'customer']);
    const { dumps } = latest();
    topology.tell({ data: { ...stored, readAt: stored.readAt + 1 } });
    assert.equal(latest().dumps, dumps, 'the same list, which is not parsed again');
    assert.equal(latest().workflows?.source, 'vtctld at v:1');
  });

  it('says nothing against records that were written since vtctld was asked', async () => {
    vtctld.state = 'All Reads Switched. Writes Switched';
    await follow(60_000);
    topology.tell({});
    assert.equal(findingsOf(latest(), 'status-differs').length, 1);
    topology.tell({ changes: [{ record: { path: rules.path }, now: rules }] });
    assert.equal(latest().workflows?.isOutdated, true);
    assert.deepEqual(findingsOf(latest(), 'status-differs'), []);
  });

  it('asks again in time, and tells it as an update of its own', async () => {
    await follow(20);
    topology.tell({ changes: [{ record: { path: rules.path }, now: rules }], revision: '7' });
    vtctld.state = 'Reads Not Switched. Writes Switched';
    for (let tries = 0; tries < 200 && latest().workflows?.isOutdated === true; tries++) await delay(10);
    const { changes, revision, status } = updates.at(-1) ?? assert.fail();
    assert.deepEqual([changes, revision, status.kind], [[], undefined, 'live']);
    assert.equal(decodeSnapshot(latest()).workflows.workflows[0]?.trafficState, 'Reads Not Switched. Writes Switched');
  });

  it('ends with the watch, and asks nothing afterwards', async () => {
    await follow(10);
    ending.abort();
    await watching;
    const { asked } = vtctld;
    const told = updates.length;
    await delay(60);
    assert.deepEqual([vtctld.asked, updates.length], [asked, told]);
  });
});
