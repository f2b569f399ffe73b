import { openLocation } from '../topology/openLocation.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './addressOptions.ts';
import { readLogin, tlsFiles, type CredentialEnvironment } from './credentials.ts';

/** Opens the topology of a command line; nothing is read from it yet. Rejects with a TopologyError for a file that cannot be read. */
export async function openTopology(address: TopologyAddress, environment: CredentialEnvironment): Promise<Topology> {
  if (address.kind === 'snapshot') {
    const { kind, folder, root } = address;
    return openLocation({ kind, folder, ...(root === undefined ? {} : { root }) });
  }
  const { kind, endpoints, root, cellAddresses } = address;
  const tls = tlsFiles(address);
  const login = await readLogin('ETCD', address, environment);
  return openLocation({ kind, endpoints, root, cellAddresses, ...login, ...(tls === undefined ? {} : { tls }) });
}
