import { readFile } from 'node:fs/promises';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import { EtcdTopology } from '../topology/etcdTopology.ts';
import { FolderTopology } from '../topology/folderTopology.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './commandLine.ts';

/** The variables that may carry credentials; an argument would show them to every user of the machine. */
export interface CredentialEnvironment {
  readonly VITESS_TOPO_ETCD_USER?: string | undefined;
  readonly VITESS_TOPO_ETCD_PASSWORD?: string | undefined;
}

/** Opens the topology of a command line; nothing is read from it yet. Rejects with a TopologyError for a file that cannot be read. */
export async function openTopology(address: TopologyAddress, environment: CredentialEnvironment): Promise<Topology> {
  if (address.kind === 'snapshot') {
    const { folder, root } = address;
    return new FolderTopology({ folder, ...(root === undefined ? {} : { root }) });
  }
  const { endpoints, root, caFile, certFile, keyFile, serverName, cellAddresses } = address;
  const user = address.user ?? environment.VITESS_TOPO_ETCD_USER;
  const password = await readPassword(address.passwordFile, environment);
  if ((user === undefined) !== (password === undefined)) {
    const missing =
      user === undefined
        ? 'A password is given without a user: add --etcd-user or VITESS_TOPO_ETCD_USER.'
        : 'A user is given without a password: set VITESS_TOPO_ETCD_PASSWORD or add --etcd-password-file.';
    throw new TopologyError({ code: 'unauthenticated', message: missing });
  }
  const files = {
    ...(caFile === undefined ? {} : { ca: caFile }),
    ...(certFile === undefined ? {} : { cert: certFile }),
    ...(keyFile === undefined ? {} : { key: keyFile }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  return new EtcdTopology({
    endpoints,
    root,
    ...(user === undefined || password === undefined ? {} : { user, password }),
    ...(Object.keys(files).length === 0 ? {} : { tls: await readTlsFiles(files) }),
    cellAddresses,
  });
}

async function readPassword(file: string | undefined, environment: CredentialEnvironment): Promise<string | undefined> {
  if (file === undefined) return environment.VITESS_TOPO_ETCD_PASSWORD;
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    const message = `The password file ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TopologyError({ code: 'invalid', message }, { cause });
  }
}
