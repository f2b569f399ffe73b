import assert from 'node:assert/strict';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { MemoryTopology } from '../../src/topology/memoryTopology.ts';
import { bytes, captureKeys, cellNamed, smallWorld, topologyContract } from './contract.ts';

topologyContract('MemoryTopology', ({ keys, root, failedCell }) => {
  const failure = { code: 'unreachable', message: `${failedCell ?? ''}: nothing answers` } as const;
  const failedCells = new Map(failedCell === undefined ? [] : [[failedCell, failure] as const]);
  const topology = MemoryTopology.ofKeys({ keys, root, failedCells });
  return Promise.resolve({ topology, secrets: [], close: () => topology.close() });
});

describe('MemoryTopology', () => {
  it('gives the same data back', async () => {
    const data: TopologyData = await MemoryTopology.ofKeys({ keys: smallWorld(), root: '/vitess/global' }).read();
    assert.equal(await MemoryTopology.ofData(data).read(), data);
    assert.equal(MemoryTopology.ofData(data).description, data.source);
  });

  it('shows what its keys have become since the last read', async () => {
    const keys = smallWorld();
    const topology = MemoryTopology.ofKeys({ keys, root: '/vitess/global' });
    await topology.read();
    keys.set('/vitess/global/RoutingRules', bytes('rules'));
    keys.delete('/vitess/global/keyspaces/ks/Keyspace');
    const paths = (await topology.read()).global.map(({ path }) => path);
    assert.deepEqual(paths, ['RoutingRules', 'cells/zone1/CellInfo', 'cells/zone2/CellInfo']);
  });

  it('gives the leases that it was given', async () => {
    const keys = await captureKeys('12-reverse-vtctld-killed');
    const key = '/vitess/global/keyspaces/customer/locks/7668682433167134114';
    const topology = MemoryTopology.ofKeys({
      keys,
      root: '/vitess/global',
      leases: new Map([[key, { kind: 'none' }]]),
    });
    const { global } = await topology.read();
    const leases = global.flatMap(({ path, lease }) => (lease ? [[path.split('/').at(-1), lease.kind]] : []));
    assert.deepEqual(leases, [
      ['7668682433167134081', 'unknown'],
      ['7668682433167134119', 'unknown'],
      ['7668682433167134114', 'none'],
    ]);
  });

  it('gives a cell without any key as an empty one', async () => {
    const keys = smallWorld();
    keys.delete('/vitess/zone2/SrvVSchema');
    const cell = cellNamed(await MemoryTopology.ofKeys({ keys, root: '/vitess/global' }).read(), 'zone2');
    assert.ok(cell.status === 'loaded');
    assert.deepEqual(cell.records, []);
  });
});
