import type { CellLocation } from './cellInfo.ts';
import { areLoopback, endpointsKey, parseEndpoints } from './etcdAddress.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import { TopologyError } from './topology.ts';

/** What decides how the cells of one topology are reached. */
export interface CellRouting {
  readonly global: EtcdConnection;
  /** Whether an address without a scheme speaks TLS. */
  readonly secure: boolean;
  /** Addresses that replace CellInfo's, by cell; `global` is the global etcd. */
  readonly cellAddresses: ReadonlyMap<string, string>;
  /** The connection for these endpoints, shared by all cells that name them. */
  readonly connect: (endpoints: readonly EtcdEndpoint[]) => EtcdConnection;
}

/** How one cell is reached. */
export interface CellRoute {
  readonly connection: EtcdConnection;
  readonly address: string;
  /** Set where it is not the way that CellInfo says. */
  readonly note?: string;
  /** Why something must be stored under the cell's root there; without it an empty cell is believed. */
  readonly promise?: string;
}

/** The way that the settings or CellInfo say; throws a TopologyError for an address that is none. */
export function routeOf(routing: CellRouting, cell: string, location: CellLocation): CellRoute {
  const override = routing.cellAddresses.get(cell);
  if (override === undefined) {
    if (location.address !== '') return { connection: connectTo(routing, location.address), address: location.address };
    throw new TopologyError({ code: 'invalid', message: `cells/${cell}/CellInfo names no server_address.` });
  }
  const instead = `as cellAddresses says; CellInfo says ${location.address || 'no address'}`;
  if (override !== 'global') {
    const note = `${cell}: read at ${override}, ${instead}.`;
    return { connection: connectTo(routing, override), address: override, note };
  }
  return {
    connection: routing.global,
    address: routing.global.name,
    note: `${cell}: read through the global etcd, ${instead}.`,
    promise: `cellAddresses says that the global etcd holds ${cell}`,
  };
}

/** The way through the global etcd for a cell whose address does not answer here. */
export function routeThroughGlobal(routing: CellRouting, cell: string, location: CellLocation): CellRoute {
  return {
    connection: routing.global,
    address: routing.global.name,
    note: `${cell}: CellInfo says ${location.address}, which does not answer here; read through the global etcd, which holds ${location.root}.`,
    promise: `the global etcd held keys of ${cell} a moment ago`,
  };
}

/** Whether CellInfo's own address counts and is on the loopback interface: it then means etcd's host, not this one. */
export function meansOtherHost(routing: CellRouting, cell: string, location: CellLocation): boolean {
  return !routing.cellAddresses.has(cell) && areLoopback(parseEndpoints([location.address], routing.secure));
}

/** The next step for a cell whose address leads nowhere, or elsewhere. */
export function addressHint(cell: string, address: string): string {
  return `Where the address is another one from here, set it: --cell-address ${cell}=${address}, or the setting vitessTopo.connections[].cellAddresses.`;
}

function connectTo(routing: CellRouting, address: string): EtcdConnection {
  const endpoints = parseEndpoints([address], routing.secure);
  const isGlobal = endpointsKey(endpoints) === endpointsKey(routing.global.endpoints);
  return isGlobal ? routing.global : routing.connect(endpoints);
}
