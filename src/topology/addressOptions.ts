/** An etcd topology as the options of `vitess-topo` that lead to it. */
import { option } from '../model/shellWords.ts';
import type { EtcdTlsFiles } from './etcdAccess.ts';

export interface EtcdOptionsSource {
  readonly endpoints: readonly string[];
  readonly root: string;
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly tls?: EtcdTlsFiles;
  readonly cellAddresses?: Readonly<Record<string, string>>;
}

/** The words of the command line, unquoted and without any secret: a password is named by its file only. */
export function etcdOptions({
  endpoints,
  root,
  user,
  passwordFile,
  tls,
  cellAddresses = {},
}: EtcdOptionsSource): string[] {
  // Any of the TLS options switches it on; without one the endpoints themselves have to say so.
  const bare = tls !== undefined && Object.keys(tls).length === 0;
  const named = endpoints.map((endpoint) => (bare && !endpoint.includes('://') ? `https://${endpoint}` : endpoint));
  const given = (name: string, value: string | undefined): string[] => (value === undefined ? [] : option(name, value));
  return [
    ...option('etcd', named.join(',')),
    ...option('root', root),
    ...given('etcd-user', user),
    ...given('etcd-password-file', passwordFile),
    ...given('etcd-ca', tls?.ca),
    ...given('etcd-cert', tls?.cert),
    ...given('etcd-key', tls?.key),
    ...given('etcd-server-name', tls?.serverName),
    ...Object.entries(cellAddresses).flatMap(([cell, address]) => option('cell-address', `${cell}=${address}`)),
  ];
}
