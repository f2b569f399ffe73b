import { readTls, type TlsOptions, type Values } from './options.ts';

export interface VtctldAddress extends TlsOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
}

/** How the tablets are reached. */
export interface TabletsAddress {
  /** `dial`: at the addresses of their records. `vtctld`: it asks them. `wait`: nothing here reaches them. */
  readonly way: TabletsWay;
  /** Always there when `way` is `vtctld`. */
  readonly vtctld: VtctldAddress | undefined;
  readonly tls: TlsOptions;
}

const ways = ['dial', 'vtctld', 'wait'] as const;
export type TabletsWay = (typeof ways)[number];

/** How the tablets are reached, or what is wrong with it. */
export function readTablets(values: Values): TabletsAddress | string {
  const given = values.tablets ?? (values.vtctld === undefined ? 'dial' : 'vtctld');
  const way = ways.find((name) => name === given);
  if (way === undefined) return `--tablets is ${ways.join(', ')}, not "${given}"`;
  const vtctld = readVtctld(values);
  if (typeof vtctld === 'string') return vtctld;
  if (way === 'vtctld' && vtctld === undefined) return '--tablets vtctld needs --vtctld HOST:PORT';
  const tls = readTls(values, 'tablet');
  return typeof tls === 'string' ? tls : { way, vtctld, tls };
}

function readVtctld(values: Values): VtctldAddress | undefined | string {
  const { vtctld } = values;
  if (vtctld === undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('vtctld-'));
    return stray === undefined ? undefined : `--${stray} belongs to --vtctld`;
  }
  const [, ipv6, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+)):(\d{1,5})$/i.exec(vtctld) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return `--vtctld "${vtctld}" is not HOST:PORT`;
  const tls = readTls(values, 'vtctld');
  if (typeof tls === 'string') return tls;
  return { host, port, user: values['vtctld-user'], passwordFile: values['vtctld-password-file'], ...tls };
}
