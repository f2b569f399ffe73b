import assert from 'node:assert/strict';
import path from 'node:path';
import type { EtcdSettings } from '../../src/host/connectionSettings.ts';
import { openTopology } from '../../src/host/openTopology.ts';

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

  it('never shows the password in what it says of itself', async () => {
    const topology = await openTopology({ ...etcd, user: 'reader', endpoints: ['localhost:1'] }, 'hunter2');
    await topology.close();
    assert.doesNotMatch(topology.description, /hunter2/);
  });
});
