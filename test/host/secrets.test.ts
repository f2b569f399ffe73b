import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import type { EtcdSettings } from '../../src/host/connectionSettings.ts';
import { ConnectionSecrets } from '../../src/host/secrets.ts';

const production: EtcdSettings = {
  kind: 'etcd',
  name: 'production',
  endpoints: ['a:2379', 'b:2379'],
  root: '/vitess/global',
  user: 'reader',
};

function fixture(): { secrets: ConnectionSecrets; stored: Map<string, string> } {
  const stored = new Map<string, string>();
  const storage: Pick<SecretStorage, 'get' | 'store' | 'delete'> = {
    get: (key) => Promise.resolve(stored.get(key)),
    store: (key, value) => Promise.resolve(void stored.set(key, value)),
    delete: (key) => Promise.resolve(void stored.delete(key)),
  };
  return { secrets: new ConnectionSecrets(storage as SecretStorage), stored };
}

describe('ConnectionSecrets', () => {
  it('gives the password back for the settings that it was given for', async () => {
    const { secrets } = fixture();
    assert.equal(await secrets.get(production), undefined);
    await secrets.set(production, 'pass', { keep: true });
    assert.equal(await secrets.get(production), 'pass');
    assert.equal(await secrets.get({ ...production, endpoints: ['b:2379', 'a:2379'] }), 'pass');
  });

  it('gives it to no other endpoint, user or TLS setting under the same name', async () => {
    const { secrets } = fixture();
    await secrets.set(production, 'pass', { keep: true });
    assert.equal(await secrets.get({ ...production, endpoints: ['evil:2379'] }), undefined);
    assert.equal(await secrets.get({ ...production, user: 'root' }), undefined);
    assert.equal(await secrets.get({ ...production, tls: { ca: '/tmp/ca.pem' } }), undefined);
    assert.equal(await secrets.get({ ...production, cellAddresses: { zone1: 'evil:2379' } }), undefined);
  });

  it('stores nothing where nothing may be kept', async () => {
    const { secrets, stored } = fixture();
    await secrets.set(production, 'pass', { keep: false });
    assert.equal(await secrets.get(production), 'pass');
    assert.equal(stored.size, 0);
  });

  it('forgets', async () => {
    const { secrets, stored } = fixture();
    await secrets.set(production, 'pass', { keep: true });
    await secrets.delete('production');
    assert.equal(await secrets.get(production), undefined);
    assert.equal(stored.size, 0);
  });

  it('takes a value that it did not write for none', async () => {
    const { secrets, stored } = fixture();
    await secrets.set(production, 'pass', { keep: true });
    for (const key of stored.keys()) stored.set(key, 'not json');
    assert.equal(await secrets.get(production), undefined);
  });

  it('keeps vtctld’s password apart, bound to vtctld and its user', async () => {
    const { secrets, stored } = fixture();
    const tablets = { via: 'vtctld', vtctld: 'v:15999', user: 'op', waitSeconds: 60, waitConfirms: false } as const;
    const connection: EtcdSettings = { ...production, tablets };
    await secrets.set(connection, 'etcd pass', { keep: true });
    await secrets.set(connection, 'vtctld pass', { keep: true, of: 'vtctld' });
    assert.equal(await secrets.get(connection), 'etcd pass');
    assert.equal(await secrets.get(connection, 'vtctld'), 'vtctld pass');
    const elsewhere = { ...connection, tablets: { ...tablets, vtctld: 'evil:15999' } };
    assert.equal(await secrets.get(elsewhere, 'vtctld'), undefined);
    await secrets.delete('production');
    assert.equal(stored.size, 0);
  });
});
