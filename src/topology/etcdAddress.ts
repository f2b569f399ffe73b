import net from 'node:net';
import { TopologyError } from './topology.ts';

/** One etcd member's client address. */
export interface EtcdEndpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** `host:port` for people and for gRPC; an IPv6 host has brackets. */
  readonly address: string;
}

/**
 * Parses endpoints (`HOST:PORT`, `http://…`, `https://…`, several with commas).
 * `secure` says whether one without a scheme speaks TLS. Throws a TopologyError
 * of code `invalid` that repeats no text which may hold a password.
 */
export function parseEndpoints(list: readonly string[], secure: boolean): EtcdEndpoint[] {
  const parts = list.flatMap((item) => item.split(',')).map((item) => item.trim());
  const endpoints = parts.filter((item) => item !== '').map((item) => parseEndpoint(item, secure));
  const [first] = endpoints;
  if (first === undefined) throw invalid('No etcd address is given. Write HOST:PORT, several with commas.');
  if (endpoints.some((endpoint) => endpoint.secure !== first.secure)) {
    throw invalid('Some of the etcd addresses say https:// and some http://. Write one scheme for all of one cluster.');
  }
  return endpoints;
}

/** What two lists of endpoints share when they name the same addresses, in whatever order. */
export function endpointsKey(endpoints: readonly EtcdEndpoint[]): string {
  const scheme = endpoints.every((endpoint) => endpoint.secure) ? 'https' : 'http';
  const addresses = endpoints.map((endpoint) => endpoint.address).sort();
  return `${scheme}://${addresses.join(',')}`;
}

/** The endpoints as people write them. */
export function endpointNames(endpoints: readonly EtcdEndpoint[]): string {
  return endpoints.map((endpoint) => endpoint.address).join(',');
}

/** Whether every endpoint is on the loopback interface, which means another machine when etcd runs elsewhere. */
export function areLoopback(endpoints: readonly EtcdEndpoint[]): boolean {
  return endpoints.every(
    ({ host }) => host === 'localhost' || host === '::1' || (net.isIPv4(host) && /^127\./.test(host)),
  );
}

function parseEndpoint(text: string, secure: boolean): EtcdEndpoint {
  if (text.includes('@')) {
    throw invalid(
      'An etcd address carries a user name or a password. Give them as the connection’s user and password.',
    );
  }
  const [, scheme, authority = ''] = /^(?:(https?):\/\/)?([^/]*)\/?$/i.exec(text) ?? [];
  const [, ipv6, name, digits] = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]\s]+)):([0-9]{1,5})$/i.exec(authority) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    const shown = text.slice(0, 100);
    throw invalid(`"${shown}" is not an etcd address. Write HOST:PORT (etcd takes clients on 2379 by default).`);
  }
  return {
    host: host.toLowerCase(),
    port,
    secure: scheme === undefined ? secure : scheme.toLowerCase() === 'https',
    address: authority.toLowerCase(),
  };
}

function invalid(message: string): TopologyError {
  return new TopologyError({ code: 'invalid', message });
}
