import { readFile } from 'node:fs/promises';
import { openLocation } from '../topology/openLocation.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { TopologyAddress } from './commandLine.ts';

/** The variables that may carry credentials; an argument would show them to every user of the machine. */
export interface CredentialEnvironment {
  readonly VITESS_TOPO_ETCD_USER?: string | undefined;
  readonly VITESS_TOPO_ETCD_PASSWORD?: string | undefined;
}

/** Opens the topology of a command line; nothing is read from it yet. Rejects with a TopologyError for a file that cannot be read. */
export async function openTopology(address: TopologyAddress, environment: CredentialEnvironment): Promise<Topology> {
  if (address.kind === 'snapshot') return openLocation(address);
  const { passwordFile, user = environment.VITESS_TOPO_ETCD_USER, ...location } = address;
  const password = await readPassword(passwordFile, environment);
  if (user === undefined && password === undefined) return openLocation(location);
  if (user === undefined || password === undefined) {
    const missing =
      user === undefined
        ? 'A password is given without a user: add --etcd-user or VITESS_TOPO_ETCD_USER.'
        : 'A user is given without a password: set VITESS_TOPO_ETCD_PASSWORD or add --etcd-password-file.';
    throw new TopologyError({ code: 'unauthenticated', message: missing });
  }
  return openLocation({ ...location, user, password });
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
