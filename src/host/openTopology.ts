import { readTlsFiles } from '../topology/etcdAccess.ts';
import { EtcdTopology } from '../topology/etcdTopology.ts';
import { FolderTopology } from '../topology/folderTopology.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { ConnectionSettings } from './connectionSettings.ts';

/**
 * Opens the topology that settings describe; nothing is read from it yet.
 * Rejects with a TopologyError when a password or a certificate is missing.
 */
export async function openTopology(settings: ConnectionSettings, password: string | undefined): Promise<Topology> {
  if (settings.kind === 'snapshot') {
    const { folder, root } = settings;
    return new FolderTopology({ folder, ...(root === undefined ? {} : { root }) });
  }
  const { name, endpoints, root, user, tls, cellAddresses } = settings;
  if (user !== undefined && password === undefined) {
    const message = `No password of ${user} is stored for ${name}. Connect asks for it.`;
    throw new TopologyError({ code: 'unauthenticated', message });
  }
  return new EtcdTopology({
    endpoints,
    root,
    ...(user === undefined ? {} : { user, password: password ?? '' }),
    ...(tls === undefined ? {} : { tls: await readTlsFiles(tls) }),
    ...(cellAddresses === undefined ? {} : { cellAddresses }),
  });
}
