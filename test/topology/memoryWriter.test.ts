import { WritableMemoryTopology } from '../../src/topology/memoryWriter.ts';
import { lockContract } from './lockContract.ts';
import { watchContract } from './watchContract.ts';
import type { OpenWriterWorld } from './writerBench.ts';
import { writerContract } from './writerContract.ts';

// The bench awaits every answer; here they are there at once.
const open: OpenWriterWorld = async (keys) => {
  const topology = new WritableMemoryTopology({ keys, root: '/vitess/global' });
  const { store } = topology;
  const later = <T>(step: () => T): Promise<T> => Promise.resolve().then(step);
  return later(() => ({
    topology,
    put: (key, value, leaseId) =>
      later(() => {
        store.put(key, value, leaseId);
      }),
    remove: (key) =>
      later(() => {
        store.delete(key);
      }),
    get: (key) =>
      later(() => {
        const value = store.keys.get(key);
        return value && { value, modRevision: store.revisionOf(key) };
      }),
    keysUnder: (prefix) => later(() => store.under(prefix).sort()),
    grantLease: () => later(() => store.grant()),
    revokeLease: (leaseId) =>
      later(() => {
        store.revoke(leaseId);
      }),
    close: () => topology.close(),
  }));
};

writerContract('WritableMemoryTopology', open);
lockContract('WritableMemoryTopology', open);
watchContract('WritableMemoryTopology', open);
