import { readFile } from 'node:fs/promises';
import { readTlsFiles, type EtcdCredentials, type EtcdTlsFiles } from '../topology/etcdAccess.ts';
import { TopologyError } from '../topology/topology.ts';
import type { TlsOptions } from './options.ts';

/** The variables that may carry credentials; an argument would show them to every user of the machine. */
export interface CredentialEnvironment {
  readonly VITESS_TOPO_ETCD_USER?: string | undefined;
  readonly VITESS_TOPO_ETCD_PASSWORD?: string | undefined;
  readonly VITESS_TOPO_VTCTLD_USER?: string | undefined;
  readonly VITESS_TOPO_VTCTLD_PASSWORD?: string | undefined;
}

export interface CredentialOptions extends TlsOptions {
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** The user and password of one server; rejects with a TopologyError when one is given without the other or cannot be read. */
export async function readLogin(
  server: 'ETCD' | 'VTCTLD',
  options: CredentialOptions,
  environment: CredentialEnvironment,
): Promise<Pick<EtcdCredentials, 'user' | 'password'>> {
  const user = options.user ?? environment[`VITESS_TOPO_${server}_USER`];
  const password = await readPassword(options.passwordFile, environment[`VITESS_TOPO_${server}_PASSWORD`]);
  if ((user === undefined) !== (password === undefined)) {
    const option = `--${server.toLowerCase()}`;
    const missing =
      user === undefined
        ? `A password is given without a user: add ${option}-user or VITESS_TOPO_${server}_USER.`
        : `A user is given without a password: set VITESS_TOPO_${server}_PASSWORD or add ${option}-password-file.`;
    throw new TopologyError({ code: 'unauthenticated', message: missing });
  }
  return user === undefined || password === undefined ? {} : { user, password };
}

/** Reads the files of one server's credentials; rejects with a TopologyError for what cannot be used. */
export async function readCredentials(
  server: 'ETCD' | 'VTCTLD',
  options: CredentialOptions,
  environment: CredentialEnvironment,
): Promise<Pick<EtcdCredentials, 'user' | 'password' | 'tls'>> {
  return { ...(await readLogin(server, options, environment)), ...(await readTlsOptions(options)) };
}

/** Reads PEM files; without any option there is no TLS. */
export async function readTlsOptions(options: TlsOptions): Promise<Pick<EtcdCredentials, 'tls'>> {
  const files = tlsFiles(options);
  return files === undefined ? {} : { tls: await readTlsFiles(files) };
}

/** The PEM files that options name; undefined without any option: there is no TLS. */
export function tlsFiles({ caFile, certFile, keyFile, serverName }: TlsOptions): EtcdTlsFiles | undefined {
  const files: EtcdTlsFiles = {
    ...(caFile === undefined ? {} : { ca: caFile }),
    ...(certFile === undefined ? {} : { cert: certFile }),
    ...(keyFile === undefined ? {} : { key: keyFile }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  return Object.keys(files).length === 0 ? undefined : files;
}

async function readPassword(file: string | undefined, variable: string | undefined): Promise<string | undefined> {
  if (file === undefined) return variable;
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    const message = `The password file ${file} could not be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TopologyError({ code: 'invalid', message }, { cause });
  }
}
