import { readTlsFiles, type EtcdTlsFiles } from './etcdAccess.ts';
import type { EtcdTopologyOptions } from './etcdTopology.ts';
import { FolderTopology, type FolderTopologyOptions } from './folderTopology.ts';
import type { Topology } from './topology.ts';

/** Where a topology is, as a person names it: certificates are files. */
export type TopologyLocation = EtcdLocation | SnapshotLocation;

export interface EtcdLocation extends Omit<EtcdTopologyOptions, 'tls'> {
  readonly kind: 'etcd';
  readonly tls?: EtcdTlsFiles;
}

export interface SnapshotLocation extends FolderTopologyOptions {
  readonly kind: 'snapshot';
}

/**
 * Opens a topology; nothing is read from it yet. Rejects with a TopologyError
 * for a certificate that cannot be read and for options that cannot work.
 */
export async function openLocation(location: TopologyLocation): Promise<Topology> {
  if (location.kind === 'snapshot') return new FolderTopology(location);
  const { tls, ...options } = location;
  const material = tls === undefined ? {} : { tls: await readTlsFiles(tls) };
  // etcd's client is most of the bundle: loading it with the extension would slow every window's start down.
  const { EtcdTopology } = await import('./etcdTopology.ts');
  return new EtcdTopology({ ...options, ...material });
}
