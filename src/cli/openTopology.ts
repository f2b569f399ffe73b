import { openLocation } from '../topology/openLocation.ts';
import type { Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './addressOptions.ts';
import { readLogin, type CredentialEnvironment } from './credentials.ts';

/** Opens the topology of a command line; nothing is read from it yet. Rejects with a TopologyError for a file that cannot be read. */
export async function openTopology(address: TopologyAddress, environment: CredentialEnvironment): Promise<Topology> {
  if (address.kind === 'snapshot') return openLocation(address);
  const { passwordFile, user, ...location } = address;
  return openLocation({ ...location, ...(await readLogin('ETCD', { user, passwordFile }, environment)) });
}
