import { EtcdConnection } from '../../src/topology/etcdConnection.ts';
import { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import type { EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { cellInfo, smallWorld } from './contract.ts';
import type { WriterWorld } from './writerBench.ts';

/** Puts whole keys into an etcd. */
export async function putAll(etcd: EtcdServer, keys: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [key, value] of keys) await etcd.client.put(key).value(Buffer.from(value)).exec();
}

/** Removes all keys and leases. */
export async function clear(etcd: EtcdServer): Promise<void> {
  await etcd.client.delete().all();
  const { leases } = await etcd.client.leaseClient.leaseLeases();
  for (const { ID } of leases) await etcd.client.leaseClient.leaseRevoke({ ID });
}

/** Options for a world whose cells are on the global etcd, whatever their CellInfo says. */
export const viaGlobal = { cellAddresses: { zone1: 'global', zone2: 'global' } };

/** What others do to the keys of this etcd, under a topology that is closed by its opener. */
export function writerWorld({ client }: EtcdServer, topology: EtcdTopology): WriterWorld {
  return {
    topology,
    put: async (key, value, leaseId = '0') => {
      await client.put(key).value(Buffer.from(value)).lease(leaseId).exec();
    },
    remove: async (key) => {
      await client.delete().key(key).exec();
    },
    get: async (key) => {
      const [kv] = (await client.kv.range({ key: Buffer.from(key) })).kvs;
      return kv && { value: kv.value, modRevision: kv.mod_revision };
    },
    keysUnder: async (prefix) => Object.keys(await client.getAll().prefix(prefix).buffers()).sort(),
    grantLease: async () => (await client.leaseClient.leaseGrant({ TTL: 60 })).ID,
    revokeLease: async (ID) => {
      await client.leaseClient.leaseRevoke({ ID });
    },
    close: () => topology.close(),
  };
}

/** Makes topologies that are all closed by `closeAll`, a test's last step. */
export class Opener {
  private readonly opened: EtcdTopology[] = [];

  open(etcd: EtcdServer, options: Partial<EtcdTopologyOptions> = {}): EtcdTopology {
    return this.openAt([etcd.endpoint], options);
  }

  openAt(endpoints: readonly string[], options: Partial<EtcdTopologyOptions> = {}): EtcdTopology {
    const topology = new EtcdTopology({ endpoints, root: '/vitess/global', ...options });
    this.opened.push(topology);
    return topology;
  }

  async closeAll(): Promise<void> {
    for (const topology of this.opened.splice(0)) await topology.close();
  }
}

/** The small world with these addresses in its CellInfo records. */
export function worldOf(
  zone1: string,
  zone2: string,
  more?: Readonly<Record<string, Uint8Array>>,
): Map<string, Uint8Array> {
  return smallWorld({
    '/vitess/global/cells/zone1/CellInfo': cellInfo(zone1, '/vitess/zone1'),
    '/vitess/global/cells/zone2/CellInfo': cellInfo(zone2, '/vitess/zone2'),
    ...more,
  });
}

/** The keys of a map under this prefix. */
export function under(keys: ReadonlyMap<string, Uint8Array>, prefix: string): Map<string, Uint8Array> {
  return new Map([...keys].filter(([key]) => key.startsWith(prefix)));
}

/**
 * Has `step` done before every range call of the adapter while `work` runs, so
 * that something happens between two pages for sure; `call` counts from 1.
 */
export async function betweenRanges<T>(
  step: (call: number, address: string) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const { prototype } = EtcdConnection;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
  const { range } = prototype;
  let call = 0;
  prototype.range = async function (this: EtcdConnection, ...parameters) {
    await step(++call, this.name);
    return range.apply(this, parameters);
  };
  try {
    return await work();
  } finally {
    prototype.range = range;
  }
}
