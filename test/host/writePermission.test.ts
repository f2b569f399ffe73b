import assert from 'node:assert/strict';
import type { EtcdSettings } from '../../src/host/connectionSettings.ts';
import { WritePermissions } from '../../src/host/writePermission.ts';

const production: EtcdSettings = {
  kind: 'etcd',
  name: 'production',
  endpoints: ['a:2379', 'b:2379'],
  root: '/vitess/global',
};

function permissions(stored?: unknown): WritePermissions {
  let value = stored;
  return new WritePermissions({
    keys: () => [],
    get: () => value as never,
    update: (_key: string, updated: unknown) => {
      value = updated;
      return Promise.resolve();
    },
  });
}

describe('WritePermissions', () => {
  it('allows nothing until the user does', () => {
    assert.equal(permissions().isAllowed(production), false);
  });

  it('allows the connection that it was given for, whatever the order of its endpoints', async () => {
    const given = permissions();
    await given.allow(production);
    assert.equal(given.isAllowed({ ...production, endpoints: ['b:2379', 'a:2379'] }), true);
    assert.equal(given.isAllowed({ ...production, name: 'other' }), false);
  });

  it('does not carry over to other endpoints, another root or another way to a cell', async () => {
    const given = permissions();
    await given.allow(production);
    assert.equal(given.isAllowed({ ...production, endpoints: ['evil:2379'] }), false);
    assert.equal(given.isAllowed({ ...production, root: '/other/global' }), false);
    assert.equal(given.isAllowed({ ...production, cellAddresses: { zone1: 'evil:2379' } }), false);
  });

  it('can be withdrawn, and leaves the others', async () => {
    const given = permissions();
    const staging = { ...production, name: 'staging' };
    await given.allow(production);
    await given.allow(staging);
    await given.withdraw('production');
    assert.deepEqual([given.isAllowed(production), given.isAllowed(staging)], [false, true]);
  });

  it('allows nothing by a stored value that is not its own', () => {
    assert.equal(permissions('yes').isAllowed(production), false);
    assert.equal(permissions({ production: true }).isAllowed(production), false);
  });
});
