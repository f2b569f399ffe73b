import { EtcdTopology } from '../topology/etcdTopology.ts';
import { FolderTopology } from '../topology/folderTopology.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './addressOptions.ts';
import { readCredentials, type CredentialEnvironment } from './credentials.ts';

/** Opens the topology of a command line; nothing is read from it yet. Rejects with a TopologyError for a file that cannot be read. */
export async function openTopology(address: TopologyAddress, environment: CredentialEnvironment): Promise<Topology> {
  if (address.kind === 'snapshot') {
    const { folder, root } = address;
    return new FolderTopology({ folder, ...(root === undefined ? {} : { root }) });
  }
  const { endpoints, root, cellAddresses } = address;
  const credentials = await readCredentials('ETCD', address, environment);
  return new EtcdTopology({ endpoints, root, cellAddresses, ...credentials });
}
