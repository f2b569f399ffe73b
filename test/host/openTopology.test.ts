import assert from 'node:assert/strict';
import path from 'node:path';
import type { EtcdSettings } from '../../src/host/connectionSettings.ts';
import { openTopology } from '../../src/host/openTopology.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { loadCapture } from '../harness/capture.ts';
import { capturedAnswers } from '../harness/capturedAnswers.ts';
import { startEtcd } from '../harness/etcd.ts';
import { startVtctld } from '../harness/vtctldStandIn.ts';

const etcd: EtcdSettings = { kind: 'etcd', name: 'production', endpoints: ['127.0.0.1:1'], root: '/vitess/global' };
const samples = path.resolve(import.meta.dirname, '../../samples');

describe('openTopology', () => {
  it('opens a snapshot folder', async () => {
    const topology = await openTopology(
      { kind: 'snapshot', name: 'sample', folder: path.join(samples, 'broken-reverse') },
      undefined,
    );
    const { global, cells } = await topology.read();
    await topology.close();
    assert.ok(global.some((record) => record.path === 'RoutingRules'));
    assert.deepEqual(
      cells.map(({ cell, status }) => [cell, status]),
      [['zone1', 'loaded']],
    );
  });

  it('opens etcd without connecting yet', async () => {
    const topology = await openTopology(etcd, undefined);
    assert.match(topology.description, /127\.0\.0\.1:1/);
    await topology.close();
  });

  it('refuses to go on without the password of a user', async () => {
    await assert.rejects(openTopology({ ...etcd, user: 'reader' }, undefined), {
      code: 'unauthenticated',
      message: 'No password of reader is stored for production. Connect asks for it.',
    });
  });

  it('names a certificate file that cannot be read', async () => {
    const tls = { ca: path.join(samples, 'no-such-ca.pem') };
    await assert.rejects(openTopology({ ...etcd, tls }, undefined), /no-such-ca\.pem/);
  });

  it('asks a vtctld for the workflows, and says what is not checked without its password', async () => {
    const capture = path.resolve(import.meta.dirname, '../captures/12-reverse-vtctld-killed');
    const server = await startEtcd();
    const vtctld = await startVtctld({ answers: capturedAnswers, auth: { user: 'operator', password: 'hunter2' } });
    try {
      await loadCapture(server, capture, { cellAddress: server.address });
      const address = `127.0.0.1:${vtctld.server.port}`;
      const settings = { ...etcd, endpoints: [server.address], vtctld: { address, user: 'operator' } };
      const read = async (password?: string): Promise<TopologyData> => {
        const topology = await openTopology(settings, undefined, password);
        const data = await topology.read();
        await topology.close();
        return data;
      };
      const asked = await read('hunter2');
      assert.ok(asked.dumps.some(({ name }) => name === 'WorkflowShow-commerce.json'));
      assert.equal(asked.workflows?.source, `vtctld at ${address}`);
      const { global, notes, workflows } = await read();
      assert.ok(global.length > 0);
      assert.match(notes.join(), /No password of operator is stored for vtctld of production\. Connect asks for it\./);
      assert.deepEqual(
        workflows?.unread.map(({ keyspace }) => keyspace),
        ['commerce', 'customer'],
      );
    } finally {
      vtctld.stop();
      await server.stop();
    }
  }).timeout(20_000);

  it('never shows the password in what it says of itself', async () => {
    const topology = await openTopology({ ...etcd, user: 'reader', endpoints: ['localhost:1'] }, 'hunter2');
    await topology.close();
    assert.doesNotMatch(topology.description, /hunter2/);
  });
});
