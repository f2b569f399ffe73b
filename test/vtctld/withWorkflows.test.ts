import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import {
  GetKeyspacesResponseSchema,
  GetWorkflowsResponseSchema,
  WorkflowStatusResponseSchema,
  type GetWorkflowsRequest,
} from '../../src/records/gen/vtctldata_pb.js';
import { MemoryTopology } from '../../src/topology/memoryTopology.ts';
import { isWritable } from '../../src/topology/topologyWriter.ts';
import { VtctldClient } from '../../src/vtctld/vtctldClient.ts';
import { withWorkflows } from '../../src/vtctld/withWorkflows.ts';
import { freePort } from '../../scripts/guardedProcess.ts';
import { capturedAnswers } from '../harness/capturedAnswers.ts';
import { StatusError } from '../harness/grpcServer.ts';
import { startVtctld, type StandInVtctld, type VtctldAnswers } from '../harness/vtctldStandIn.ts';
import { loadCapture } from '../support/captures.ts';
import { topologyError } from '../topology/contract.ts';

const live: TopologyData = { ...loadCapture('12-reverse-vtctld-killed'), dumps: [] };
const noWorkflows = create(GetWorkflowsResponseSchema);
/** A real vtctld's answers; customer has no workflow, which the capture has no bytes for. */
const answers: VtctldAnswers = {
  ...capturedAnswers,
  GetWorkflows: (request: GetWorkflowsRequest) =>
    request.keyspace === 'customer' ? noWorkflows : answerOf('GetWorkflows', request),
};

function answerOf(method: string, request: object): object {
  const answer = capturedAnswers[method];
  assert.ok(answer);
  return answer(request as never);
}

function failing(details: string, code = status.UNKNOWN): never {
  throw new StatusError(code, details);
}

describe('withWorkflows', () => {
  let vtctld: StandInVtctld;
  const start = async (given: VtctldAnswers): Promise<void> => {
    vtctld = await startVtctld({ answers: given });
  };
  const read = async (data = live, port = vtctld.server.port): Promise<TopologyData> =>
    withWorkflows(MemoryTopology.ofData(data), new VtctldClient({ host: '127.0.0.1', port })).read();
  afterEach(() => {
    vtctld.stop();
  });

  it('lays what vtctld says beside the records', async () => {
    await start(answers);
    const data = await read();
    assert.deepEqual(
      data.dumps.map(({ name }) => name),
      [
        'WorkflowList-commerce.json',
        'WorkflowShow-commerce.json',
        'MoveTablesStatus-commerce-commerce2customer_reverse.json',
        'WorkflowList-customer.json',
        'WorkflowShow-customer.json',
      ],
    );
    assert.deepEqual(data.notes, live.notes);
    assert.deepEqual(data.global, live.global);
    const { workflows, completeFor, asked } = decodeSnapshot(data).workflows;
    assert.deepEqual([...completeFor], ['commerce', 'customer']);
    assert.deepEqual(asked?.unread, []);
    assert.match(asked.source, /^vtctld at 127\.0\.0\.1:/);
    const stream = { shard: '0', state: 'Running', message: '', tablet: 'zone1-0000000100', copying: [] };
    assert.deepEqual(workflows, [
      {
        keyspace: 'commerce',
        name: 'commerce2customer_reverse',
        source: 'customer',
        tables: ['corder', 'customer'],
        type: 'MoveTables',
        lagSeconds: 1,
        trafficState: 'Reads Not Switched. Writes Switched',
        copies: [],
        streams: [
          { ...stream, id: '2', source: 'customer/-80' },
          { ...stream, id: '3', source: 'customer/80-' },
        ],
      },
    ]);
  });

  it('takes the place of saved output of the same name', async () => {
    await start(answers);
    const names = (await read(loadCapture('12-reverse-vtctld-killed'))).dumps.map(({ name }) => name);
    assert.equal(names.filter((name) => name === 'WorkflowList-customer.json').length, 1);
    assert.equal(new Set(names).size, names.length);
  });

  it('lets the diagnosis name the forward workflow that a failed rollback deleted', async () => {
    await start(answers);
    const { findings, moves, complete } = diagnose(decodeSnapshot(await read()));
    assert.ok(complete);
    assert.deepEqual(
      moves.map(({ workflows, direction }) => [workflows, direction]),
      [[['commerce.commerce2customer_reverse'], 'known']],
    );
    const [missing] = findings.filter(({ code }) => code === 'missing-streams');
    assert.match(missing?.message ?? '', /not its forward workflow customer\.commerce2customer/);
  });

  it('keeps the topology where vtctld is down, and says what is not checked', async () => {
    await start({});
    const data = await read(live, await freePort());
    assert.deepEqual(data.global, live.global);
    assert.deepEqual(data.dumps, []);
    const note = data.notes.at(-1) ?? '';
    assert.match(note, /^Not checked: the workflows of commerce and customer\. vtctld at .*: nothing listens there/);
    const { findings, complete, snapshot } = diagnose(decodeSnapshot(data));
    assert.equal(complete, false);
    assert.deepEqual(
      snapshot.workflows.asked?.unread.map(({ keyspace }) => keyspace),
      ['commerce', 'customer'],
    );
    assert.ok(!findings.some(({ code }) => code === 'missing-streams'));
    assert.ok(findings.some(({ code }) => code === 'serving-side-denied'));
  });

  it('names the keyspace whose tablets do not answer, and no stream of it as missing', async () => {
    const down = 'rpc error: code = Unavailable desc = connection error: no primary found for shard customer/-80';
    await start({
      ...answers,
      GetWorkflows: (request: GetWorkflowsRequest) =>
        request.keyspace === 'customer' ? failing(down) : answerOf('GetWorkflows', request),
    });
    const data = await read();
    assert.match(data.notes.at(-1) ?? '', /^Not checked: the workflows of customer\. .*no primary found for shard/);
    const { findings, snapshot } = diagnose(decodeSnapshot(data));
    assert.deepEqual([...snapshot.workflows.completeFor], ['commerce']);
    assert.ok(!findings.some(({ code }) => code === 'missing-streams'));
  });

  it('names the workflow whose status cannot be had, and keeps its streams', async () => {
    await start({ ...answers, WorkflowStatus: () => failing('failed to get copy progress') });
    const data = await read();
    assert.match(data.notes.at(-1) ?? '', /^Not checked: the status of commerce\.commerce2customer_reverse\. /);
    const { workflows } = decodeSnapshot(data).workflows;
    assert.equal(workflows[0]?.streams?.length, 2);
    assert.equal(workflows[0].trafficState, undefined);
  });

  it('tells a vtctld of another topology by a keyspace that it does not know', async () => {
    const keyspaces = [{ name: 'commerce' }];
    await start({ ...answers, GetKeyspaces: () => create(GetKeyspacesResponseSchema, { keyspaces }) });
    const { notes } = await read();
    assert.match(
      notes.at(-1) ?? '',
      /does not know the keyspace customer\. Check that it is a vtctld of this topology/,
    );
  });

  it('says that an older vtctld does not know the call', async () => {
    const { GetKeyspaces, GetWorkflows } = answers;
    assert.ok(GetKeyspaces !== undefined && GetWorkflows !== undefined);
    await start({ GetKeyspaces });
    assert.match((await read()).notes.at(-1) ?? '', /this vtctld does not know the call/);
    await (vtctld.stop(), start({ GetKeyspaces, GetWorkflows }));
    assert.match((await read()).notes.at(-1) ?? '', /^Not checked: the status of .*this vtctld does not know the call/);
  });

  it('reads tables that are being copied and how far they are', async () => {
    await start({
      GetKeyspaces: () => answerOf('GetKeyspaces', {}),
      GetWorkflows: ({ keyspace }: GetWorkflowsRequest) =>
        keyspace === 'commerce' ? noWorkflows : create(GetWorkflowsResponseSchema, { workflows: [copyingWorkflow] }),
      WorkflowStatus: () =>
        create(WorkflowStatusResponseSchema, {
          trafficState: 'Reads Not Switched. Writes Not Switched',
          shardStreams: { 'customer/-80': { streams: [{ id: 1, sourceShard: 'commerce/0' }] } },
          tableCopyState: { corder: { rowsCopied: 450n, rowsTotal: 1000n, bytesCopied: 4500n, bytesTotal: 10_000n } },
        }),
    });
    const [workflow] = decodeSnapshot(await read()).workflows.workflows;
    assert.deepEqual(workflow?.copies, [
      { table: 'corder', rowsCopied: 450, rowsTotal: 1000, bytesCopied: 4500, bytesTotal: 10_000 },
    ]);
    assert.deepEqual(workflow.streams?.[0]?.copying, ['corder']);
    // Vitess gives the largest number there is while a stream copies.
    assert.equal(workflow.lagSeconds, undefined);
  });

  it('ends with the caller', async () => {
    await start({ ...answers, GetWorkflows: () => new Promise(() => undefined) });
    const client = new VtctldClient({ host: '127.0.0.1', port: vtctld.server.port });
    const cancelling = new AbortController();
    const reading = withWorkflows(MemoryTopology.ofData(live), client).read({ signal: cancelling.signal });
    setTimeout(() => {
      cancelling.abort();
    }, 100);
    await assert.rejects(reading, topologyError('cancelled'));
  });

  it('does not wait longer than the reader', async () => {
    await start({ ...answers, GetWorkflows: () => new Promise(() => undefined) });
    const client = new VtctldClient({ host: '127.0.0.1', port: vtctld.server.port });
    const { notes } = await withWorkflows(MemoryTopology.ofData(live), client).read({ timeoutMs: 300 });
    assert.match(notes.at(-1) ?? '', /^Not checked: the workflows of .*it did not answer within/);
  });

  it('is in all else the topology that it stands before', async () => {
    await start(answers);
    const memory = MemoryTopology.ofData(live);
    const client = new VtctldClient({ host: '127.0.0.1', port: vtctld.server.port });
    const topology = withWorkflows(memory, client);
    assert.equal(topology.description, memory.description);
    assert.equal(isWritable(topology), isWritable(memory));
    await topology.close();
    await assert.rejects(memory.read(), topologyError('cancelled'));
  });
});

const copyingWorkflow = {
  name: 'commerce2customer',
  workflowType: 'MoveTables',
  source: { keyspace: 'commerce', shards: ['0'] },
  target: { keyspace: 'customer', shards: ['-80', '80-'] },
  maxVReplicationTransactionLag: 9_223_372_036_854_775_807n,
  shardStreams: {
    '-80/zone1-0000000200': {
      streams: [
        {
          id: 1n,
          shard: '-80',
          state: 'Copying',
          binlogSource: { keyspace: 'commerce', shard: '0' },
          copyStates: [{ table: 'corder' }],
        },
      ],
    },
  },
};
