import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import {
  MoveTablesCompleteResponseSchema,
  RebuildVSchemaGraphResponseSchema,
  WorkflowSwitchTrafficResponseSchema,
} from '../../src/records/gen/vtctldata_pb.js';
import type { SwitchTrafficRequest } from '../../src/vtctld/switchTraffic.ts';
import { VtctldClient } from '../../src/vtctld/vtctldClient.ts';
import { freePort } from '../../scripts/guardedProcess.ts';
import { StatusError } from '../harness/grpcServer.ts';
import { startVtctld, type StandInVtctld, type VtctldAnswers } from '../harness/vtctldStandIn.ts';
import { topologyError } from '../topology/contract.ts';
import { within } from './cluster.ts';

const plain: SwitchTrafficRequest = {
  keyspace: 'customer',
  workflow: 'w',
  direction: 'forward',
  tabletTypes: ['primary', 'replica', 'rdonly'],
  timeoutSeconds: 30,
  maxReplicationLagSeconds: 30,
  enableReverseReplication: true,
  dryRun: false,
};

describe('VtctldClient.switchTraffic', () => {
  let vtctld: StandInVtctld;
  const start = async (answers: VtctldAnswers): Promise<void> => {
    vtctld = await startVtctld({ answers });
  };
  const client = (): VtctldClient => new VtctldClient({ host: '127.0.0.1', port: vtctld.server.port });
  const done = create(WorkflowSwitchTrafficResponseSchema, {
    summary: 'SwitchTraffic was successful for workflow customer.w',
    startState: 'Reads Not Switched. Writes Not Switched',
    currentState: 'All Reads Switched. Writes Switched',
  });
  afterEach(() => {
    vtctld.stop();
  });

  it('gives vtctld’s summary and states', async () => {
    await start({ WorkflowSwitchTraffic: () => done });
    assert.deepEqual(await client().switchTraffic(plain, within(2000)), {
      summary: 'SwitchTraffic was successful for workflow customer.w',
      startState: 'Reads Not Switched. Writes Not Switched',
      currentState: 'All Reads Switched. Writes Switched',
      dryRunResults: [],
    });
  });

  it('writes every field under Vitess’s number', async () => {
    await start({ WorkflowSwitchTraffic: () => done });
    await client().switchTraffic(
      {
        keyspace: 'customer',
        workflow: 'w',
        cells: ['zone1', 'zone2'],
        tabletTypes: ['replica', 'rdonly'],
        maxReplicationLagSeconds: 60,
        enableReverseReplication: true,
        direction: 'backward',
        timeoutSeconds: 90.5,
        dryRun: true,
        initializeTargetSequences: true,
        shards: ['-80'],
      },
      within(2000),
    );
    const field = (number: number, content: string): string =>
      Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), Buffer.from(content, 'latin1')]).toString('hex');
    const flag = (number: number): string => Buffer.from([number << 3, 1]).toString('hex');
    const expected = [
      field(1, 'customer'),
      field(2, 'w'),
      field(3, 'zone1') + field(3, 'zone2'),
      field(4, '\x02\x03'),
      field(5, '\x08\x3c'),
      flag(6),
      flag(7),
      // 90 s, and 500,000,000 ns as a varint.
      field(8, '\x08\x5a\x10\x80\xca\xb5\xee\x01'),
      flag(9),
      flag(10),
      field(11, '-80'),
    ];
    const [request] = vtctld.server.requests;
    assert.equal(request?.path, '/vtctlservice.Vtctld/WorkflowSwitchTraffic');
    assert.equal(request.bytes.toString('hex'), expected.join(''));
  });

  it('refuses what vtctld would take for something else, and sends nothing', async () => {
    await start({ WorkflowSwitchTraffic: () => done });
    for (const wrong of [{ tabletTypes: [] }, { timeoutSeconds: 0.5 }, { timeoutSeconds: Number.NaN }]) {
      const switching = client().switchTraffic({ ...plain, ...wrong }, within(2000));
      await assert.rejects(switching, topologyError('invalid', 'Traffic was not switched'));
    }
    assert.equal(vtctld.server.requests.length, 0);
  });

  it('passes Vitess’s refusal on as an answer', async () => {
    await start({
      WorkflowSwitchTraffic: () => {
        throw new StatusError(status.FAILED_PRECONDITION, 'cannot switch traffic for workflow w at this time: lag');
      },
    });
    const switching = client().switchTraffic(plain, within(2000));
    await assert.rejects(switching, topologyError('invalid', 'cannot switch traffic for workflow w at this time: lag'));
  });

  it('calls the outcome unknown when the answer is late, cancelled or lost, and asks once', async () => {
    await start({ WorkflowSwitchTraffic: () => new Promise(() => undefined) });
    const unknown = topologyError('unknown-outcome', 'look before you ask again');
    await assert.rejects(client().switchTraffic(plain, within(300)), unknown);
    const cancelling = new AbortController();
    const cancelled = client().switchTraffic(plain, { signal: cancelling.signal, timeoutMs: 5000 });
    const lost = client().switchTraffic(plain, within(5000));
    setTimeout(() => {
      cancelling.abort();
    }, 200);
    await assert.rejects(cancelled, unknown);
    vtctld.stop();
    await assert.rejects(lost, unknown);
    assert.equal(vtctld.server.requests.length, 3);
  });

  it('knows that a vtctld that is not there did nothing', async () => {
    await start({});
    const gone = new VtctldClient({ host: '127.0.0.1', port: await freePort() });
    await assert.rejects(
      gone.switchTraffic(plain, within(2000)),
      topologyError('unreachable', 'nothing listens there'),
    );
  });

  it('knows that a vtctld of another release did nothing', async () => {
    await start({});
    await assert.rejects(client().switchTraffic(plain, within(2000)), topologyError('unimplemented'));
    await assert.rejects(client().rebuildVSchemaGraph([], within(2000)), topologyError('unimplemented'));
  });

  it('rebuilds the SrvVSchema of the cells that it is given', async () => {
    await start({ RebuildVSchemaGraph: () => create(RebuildVSchemaGraphResponseSchema) });
    await client().rebuildVSchemaGraph(['z1'], within(2000));
    assert.equal(vtctld.server.requests[0]?.bytes.toString('hex'), '0a027a31');
  });

  it('asks for a completion as a dry run only', async () => {
    const dryRunResults = ['Drop table corder'];
    await start({ MoveTablesComplete: () => create(MoveTablesCompleteResponseSchema, { dryRunResults }) });
    const told = await client().completeDryRun({ keyspace: 'c', workflow: 'w', keepData: true }, within(2000));
    assert.deepEqual(told.dryRunResults, dryRunResults);
    assert.equal(vtctld.server.requests[0]?.bytes.toString('hex'), '0a01771a016320013801');
  });
});
