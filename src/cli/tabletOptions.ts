import { hostAndPort } from './hostAndPort.ts';
import type { EtcdTlsFiles } from '../topology/etcdAccess.ts';
import type { LoginOptions } from './credentials.ts';
import { readTls, type Values } from './options.ts';

export interface VtctldAddress extends LoginOptions {
  readonly address: { readonly host: string; readonly port: number };
  readonly tls?: EtcdTlsFiles;
}

/** How the tablets are reached. */
export type TabletsAddress =
  /** At the addresses of their records. */
  | { readonly way: 'dial'; readonly tls?: EtcdTlsFiles }
  /** vtctld asks them. */
  | ({ readonly way: 'vtctld' } & VtctldAddress)
  /** Nothing here reaches them. */
  | { readonly way: 'wait' };

const ways = ['dial', 'vtctld', 'wait'] as const;

/** How the tablets are reached, or what is wrong with it. */
export function readTablets(values: Values): TabletsAddress | string {
  const given = values.tablets ?? (values.vtctld === undefined ? 'dial' : 'vtctld');
  const way = ways.find((name) => name === given);
  if (way === undefined) return `--tablets is ${ways.join(', ')}, not "${given}"`;
  const vtctld = readVtctld(values);
  if (typeof vtctld === 'string') return vtctld;
  const tls = readTls(values, 'tablet');
  if (typeof tls === 'string') return tls;
  if (way === 'wait') return { way };
  if (way === 'dial') return { way, ...tls };
  return vtctld === undefined ? '--tablets vtctld needs --vtctld HOST:PORT' : { way, ...vtctld };
}

function readVtctld(values: Values): VtctldAddress | undefined | string {
  const { vtctld, 'vtctld-user': user, 'vtctld-password-file': passwordFile } = values;
  if (vtctld === undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('vtctld-'));
    return stray === undefined ? undefined : `--${stray} belongs to --vtctld`;
  }
  const address = hostAndPort(vtctld);
  if (address === undefined) return `--vtctld "${vtctld}" is not HOST:PORT`;
  const tls = readTls(values, 'vtctld');
  return typeof tls === 'string' ? tls : { address, user, passwordFile, ...tls };
}
