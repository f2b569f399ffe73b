import type { EtcdLocation, SnapshotLocation } from '../topology/openLocation.ts';
import type { LoginOptions } from './credentials.ts';
import { readTls, type Values } from './options.ts';

/** Where the topology is. */
export type TopologyAddress = EtcdAddress | SnapshotLocation;

/** An etcd whose password is not an argument. */
export type EtcdAddress = Omit<EtcdLocation, 'user' | 'password'> & LoginOptions;

const defaultRoot = '/vitess/global';

/** The address, or what is wrong with it. */
export function readAddress(values: Values): TopologyAddress | string {
  if (values.etcd !== undefined && values.snapshot !== undefined) return 'give --etcd or --snapshot, not both';
  if (values.snapshot !== undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('etcd') || name === 'cell-address');
    if (stray !== undefined) return `--${stray} belongs to --etcd`;
    return { kind: 'snapshot', folder: values.snapshot, ...(values.root !== undefined && { root: values.root }) };
  }
  if (values.etcd === undefined) return 'give --etcd HOST:PORT or --snapshot DIR';
  const endpoints = values.etcd.split(',').filter((endpoint) => endpoint !== '');
  if (endpoints.length === 0) return '--etcd names no endpoint';
  const tls = readTls(values, 'etcd');
  if (typeof tls === 'string') return tls;
  const cellAddresses = readCellAddresses(values['cell-address'] ?? []);
  if (typeof cellAddresses === 'string') return cellAddresses;
  const { 'etcd-user': user, 'etcd-password-file': passwordFile } = values;
  return {
    kind: 'etcd',
    endpoints,
    root: values.root ?? defaultRoot,
    user,
    passwordFile,
    ...tls,
    cellAddresses,
  };
}

function readCellAddresses(pairs: readonly string[]): Record<string, string> | string {
  const addresses: [string, string][] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0 || at === pair.length - 1) return `--cell-address "${pair}" is not CELL=HOST:PORT or CELL=global`;
    addresses.push([pair.slice(0, at), pair.slice(at + 1)]);
  }
  return Object.fromEntries(addresses);
}
