import { WritableMemoryTopology } from '../../src/topology/memoryWriter.ts';
import { writerContract } from './writerContract.ts';

writerContract('WritableMemoryTopology', (keys) => {
  const topology = new WritableMemoryTopology({ keys, root: '/vitess/global' });
  const { store } = topology;
  return Promise.resolve({
    topology,
    put: (key, value, leaseId) => Promise.resolve(store.put(key, value, leaseId)),
    remove: (key) => Promise.resolve(store.delete(key)),
    get: (key) => {
      const value = store.keys.get(key);
      return Promise.resolve(value && { value, modRevision: store.revisionOf(key) });
    },
    keysUnder: (prefix) => Promise.resolve(store.under(prefix).sort()),
    grantLease: () => Promise.resolve(store.grant()),
    revokeLease: (leaseId) => Promise.resolve(void store.revoke(leaseId)),
    close: () => topology.close(),
  });
});
