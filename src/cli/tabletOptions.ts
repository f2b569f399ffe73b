import type { LoginOptions } from './credentials.ts';
import { hostAndPort } from '../model/hostAndPort.ts';
import type { TabletRoute } from './openRefresher.ts';
import { readDuration, readTls, type Values } from './options.ts';

type Route<V extends TabletRoute['via']> = Extract<TabletRoute, { readonly via: V }>;
/** vtctld, with a password that is not an argument. */
export type VtctldAddress = Omit<Route<'vtctld'>, 'user' | 'password'> & LoginOptions;

/** How the tablets are reached, with a password that is not an argument. */
export type TabletsAddress = Route<'dial'> | VtctldAddress | Route<'wait'>;

const defaultWaitMs = 60_000;
const ways = ['dial', 'vtctld', 'wait'] as const;

/** How the tablets are reached, or what is wrong with it. */
export function readTablets(values: Values): TabletsAddress | string {
  const given = values.tablets ?? (values.vtctld === undefined ? 'dial' : 'vtctld');
  const via = ways.find((name) => name === given);
  if (via === undefined) return `--tablets is ${ways.join(', ')}, not "${given}"`;
  const vtctld = readVtctld(values);
  if (typeof vtctld === 'string') return vtctld;
  const tls = readTls(values, 'tablet');
  if (typeof tls === 'string') return tls;
  const wait = readWait(values, via);
  if (typeof wait === 'string') return wait;
  if (via === 'wait') return wait;
  if (via === 'dial') return { via, ...tls };
  return vtctld ?? '--tablets vtctld needs --vtctld HOST:PORT';
}

/** vtctld's address, or what is wrong with it; undefined when none is given. */
export function readVtctld(values: Values): VtctldAddress | undefined | string {
  const { vtctld, 'vtctld-user': user, 'vtctld-password-file': passwordFile } = values;
  if (vtctld === undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('vtctld-'));
    return stray === undefined ? undefined : `--${stray} belongs to --vtctld`;
  }
  const address = hostAndPort(vtctld);
  if (address === undefined) return `--vtctld "${vtctld}" is not HOST:PORT`;
  const tls = readTls(values, 'vtctld');
  return typeof tls === 'string' ? tls : { via: 'vtctld', address, user, passwordFile, ...tls };
}

function readWait(values: Values, via: TabletsAddress['via']): Route<'wait'> | string {
  const waitMs = readDuration(values, 'tablet-wait');
  if (typeof waitMs === 'string') return waitMs;
  const waitConfirms = values['tablet-wait-confirms'] ?? false;
  if (via !== 'wait' && (waitMs !== undefined || waitConfirms)) return '--tablet-wait belongs to --tablets wait';
  return { via: 'wait', seconds: (waitMs ?? defaultWaitMs) / 1000, waitConfirms };
}
