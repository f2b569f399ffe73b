import { readFile } from 'node:fs/promises';
import { TopologyError } from '../topology/topology.ts';

/** The variables that may carry credentials; an argument would show them to every user of the machine. */
export interface CredentialEnvironment {
  readonly VITESS_TOPO_ETCD_USER?: string | undefined;
  readonly VITESS_TOPO_ETCD_PASSWORD?: string | undefined;
  readonly VITESS_TOPO_VTCTLD_USER?: string | undefined;
  readonly VITESS_TOPO_VTCTLD_PASSWORD?: string | undefined;
}

/** A user, and the file of the password. */
export interface LoginOptions {
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** Reads one server's user and password, both or none; rejects with a TopologyError for what cannot be used. */
export async function readLogin(
  server: 'ETCD' | 'VTCTLD',
  options: LoginOptions,
  environment: CredentialEnvironment,
): Promise<{ readonly user?: string; readonly password?: string }> {
  const user = options.user ?? environment[`VITESS_TOPO_${server}_USER`];
  const password = await readPassword(options.passwordFile, environment[`VITESS_TOPO_${server}_PASSWORD`]);
  if (user === undefined && password === undefined) return {};
  if (user !== undefined && password !== undefined) return { user, password };
  const option = `--${server.toLowerCase()}`;
  const missing =
    user === undefined
      ? `A password is given without a user: add ${option}-user or VITESS_TOPO_${server}_USER.`
      : `A user is given without a password: set VITESS_TOPO_${server}_PASSWORD or add ${option}-password-file.`;
  throw new TopologyError({ code: 'unauthenticated', message: missing });
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
