import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { toBinary } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import {
  GetKeyspacesResponseSchema,
  GetTabletsResponseSchema,
  GetTopologyPathResponseSchema,
  GetWorkflowsResponseSchema,
  WorkflowStatusResponseSchema,
} from '../../src/records/gen/vtctldata_pb.js';
import { create } from '@bufbuild/protobuf';
import type { GrpcAccess } from '../../src/vtctld/grpcServer.ts';
import { VtctldClient } from '../../src/vtctld/vtctldClient.ts';
import { freePort, scratchFolder } from '../../scripts/guardedProcess.ts';
import { capturedAnswers, capturedBytes } from '../harness/capturedAnswers.ts';
import { makeCertificates } from '../harness/certificates.ts';
import { StatusError } from '../harness/grpcServer.ts';
import { startVtctld, type StandInVtctld, type VtctldOptions } from '../harness/vtctldStandIn.ts';
import { topologyError } from '../topology/contract.ts';
import { within } from './cluster.ts';

const reverse = 'commerce2customer_reverse';

describe('VtctldClient', () => {
  let vtctld: StandInVtctld;
  const start = async (options: VtctldOptions = { answers: capturedAnswers }): Promise<void> => {
    vtctld = await startVtctld(options);
  };
  const client = (access?: GrpcAccess): VtctldClient =>
    new VtctldClient({ host: '127.0.0.1', port: vtctld.server.port }, access);
  const sent = (): [string, string][] =>
    vtctld.server.requests.map(({ path, bytes }) => [path.replace('/vtctlservice.Vtctld/', ''), bytes.toString('hex')]);
  const captured = (name: string): [string, string] => [
    name.split('-')[0] ?? '',
    capturedBytes(`${name}.request`).toString('hex'),
  ];
  afterEach(() => {
    vtctld.stop();
  });

  it('asks with the bytes that a real vtctld was sent', async () => {
    await start();
    await client().getTopologyPath('/', within(2000));
    await client().getTopologyPath('/global/RoutingRules', within(2000));
    await client().getTopologyPath('/global/keyspaces/customer/shards/-80/Shard', within(2000));
    await client().getWorkflows('commerce', within(2000), { includeLogs: true });
    await client().workflowStatus('commerce', reverse, within(2000));
    assert.deepEqual(
      sent(),
      [
        'GetTopologyPath-root',
        'GetTopologyPath-global-RoutingRules',
        'GetTopologyPath-Shard',
        'GetWorkflows-commerce',
        `WorkflowStatus-commerce-${reverse}`,
      ].map(captured),
    );
    vtctld.server.requests.length = 0;
    await assert.rejects(client().getWorkflows('customer', within(2000)));
    assert.deepEqual(sent(), [captured('GetWorkflows-customer')]);
  });

  it('loses nothing of the answers of a real vtctld', async () => {
    await start();
    const keyspaces = [...(await client().getKeyspaces(within(2000)))];
    const tablets = [...(await client().getTablets('', undefined, within(2000)))];
    const workflows = [...(await client().getWorkflows('commerce', within(2000)))];
    const traffic = await client().workflowStatus('commerce', reverse, within(2000));
    const cell = await client().getTopologyPath('/global/RoutingRules', within(2000));
    const same = (name: string, bytes: Uint8Array): void => {
      // Maps are written in no fixed order, so the bytes are compared as a set.
      assert.deepEqual([...bytes].sort(), [...capturedBytes(`${name}.response`)].sort(), name);
    };
    same('GetKeyspaces', toBinary(GetKeyspacesResponseSchema, create(GetKeyspacesResponseSchema, { keyspaces })));
    same('GetTablets', toBinary(GetTabletsResponseSchema, create(GetTabletsResponseSchema, { tablets })));
    same(
      'GetWorkflows-commerce',
      toBinary(GetWorkflowsResponseSchema, create(GetWorkflowsResponseSchema, { workflows })),
    );
    same(`WorkflowStatus-commerce-${reverse}`, toBinary(WorkflowStatusResponseSchema, traffic));
    assert.ok(cell);
    same(
      'GetTopologyPath-global-RoutingRules',
      toBinary(GetTopologyPathResponseSchema, create(GetTopologyPathResponseSchema, { cell })),
    );
  });

  it('reads what a real vtctld says of a workflow', async () => {
    await start();
    const [workflow, ...others] = await client().getWorkflows('commerce', within(2000));
    assert.equal(others.length, 0);
    assert.ok(workflow);
    const { name, source, target, workflowType, shardStreams, maxVReplicationTransactionLag } = workflow;
    assert.deepEqual(
      [name, source?.keyspace, source?.shards, target?.keyspace, workflowType, maxVReplicationTransactionLag],
      [reverse, 'customer', ['-80', '80-'], 'commerce', 'MoveTables', 1n],
    );
    const streams = shardStreams['0/zone1-0000000100']?.streams ?? [];
    assert.deepEqual(
      streams.map(({ id, shard, tablet, state, binlogSource }) => [id, shard, tablet?.uid, state, binlogSource?.shard]),
      [
        [2n, '0', 100, 'Running', '-80'],
        [3n, '0', 100, 'Running', '80-'],
      ],
    );
    assert.equal(streams[1]?.logs.at(-1)?.count, 3n);
    const { trafficState, shardStreams: bySource } = await client().workflowStatus('commerce', reverse, within(2000));
    assert.equal(trafficState, 'Reads Not Switched. Writes Switched');
    assert.equal(bySource['commerce/0']?.streams[0]?.sourceShard, 'customer/-80');
  });

  it('gives Vitess’s own words for an error, and the next step', async () => {
    await start();
    const asking = client().workflowStatus('customer', 'gone', within(2000));
    await assert.rejects(
      asking,
      topologyError('invalid', 'no streams found in keyspace customer for gone', 'Look into the log of this vtctld'),
    );
  });

  it('takes no words of Vitess for those of a broken connection', async () => {
    await start({
      answers: {
        GetKeyspaces: () => {
          throw new StatusError(status.UNKNOWN, 'unable to get keyspaces: Failed to connect to topo server');
        },
      },
    });
    const asking = client().getKeyspaces(within(2000));
    await assert.rejects(asking, topologyError('invalid', 'it answered with an error (unable to get keyspaces'));
    assert.equal(vtctld.server.requests.length, 1);
  });

  it('says which release lacks a call, in words of what to do', async () => {
    await start({});
    const asking = client().getWorkflows('commerce', within(2000));
    await assert.rejects(
      asking,
      topologyError(
        'unimplemented',
        'this vtctld does not know the call',
        'unknown method GetWorkflows',
        'newer vtctld',
      ),
    );
  });

  it('says that another service listens there', async () => {
    await start({
      answers: {
        GetKeyspaces: () => {
          throw new StatusError(status.UNIMPLEMENTED, 'unknown service vtctlservice.Vtctld');
        },
      },
    });
    await assert.rejects(client().getKeyspaces(within(2000)), topologyError('invalid', 'is not vtctld', 'grpc-vtctld'));
  });

  it('takes an answer of more than 4 MiB', async () => {
    const name = 'k'.repeat(1000);
    const keyspaces = Array.from({ length: 6000 }, () => ({ name }));
    await start({ answers: { GetKeyspaces: () => create(GetKeyspacesResponseSchema, { keyspaces }) } });
    assert.equal((await client().getKeyspaces(within(10_000))).length, 6000);
  });

  it('logs in with a user and a password over TLS with a client certificate', async () => {
    const folder = await scratchFolder('vtctld-client');
    try {
      const certificates = await makeCertificates(folder);
      const auth = { user: 'ein-benutzer', password: 'geheimes-passwort' };
      await start({ answers: capturedAnswers, auth, tls: { kind: 'mutual', certificates } });
      const { authority: ca, client: mine } = certificates;
      const tls = { ca, cert: mine.certificate, key: mine.key, serverName: 'localhost' };
      assert.equal((await client({ ...auth, tls }).getKeyspaces(within(5000))).length, 2);
      await assert.rejects(client({ tls }).getKeyspaces(within(5000)), topologyError('unauthenticated'));
      await assert.rejects(client({ ...auth, tls: { ca } }).getKeyspaces(within(500)), topologyError('tls'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('ends a question at its limit, and when it is cancelled', async () => {
    await start({ answers: { GetKeyspaces: () => new Promise(() => undefined) } });
    await assert.rejects(client().getKeyspaces(within(200)), topologyError('timeout', 'within 0.2 s'));
    const cancelling = new AbortController();
    const asking = client().getKeyspaces({ signal: cancelling.signal, timeoutMs: 5000 });
    setTimeout(() => {
      cancelling.abort();
    }, 50);
    await assert.rejects(asking, topologyError('cancelled'));
  });

  it('says at once that nothing listens there', async () => {
    await start();
    const gone = new VtctldClient({ host: '127.0.0.1', port: await freePort() });
    const startedAt = performance.now();
    await assert.rejects(gone.getKeyspaces(within(20_000)), topologyError('unreachable', 'nothing listens there'));
    assert.ok(performance.now() - startedAt < 2000);
  });
});
