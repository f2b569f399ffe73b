import type { Clock, TabletDialer, TabletRefresher } from '../repair/ports.ts';
import { readTlsFiles, type EtcdTlsFiles } from '../topology/etcdAccess.ts';
import type { GrpcAccess } from '../vtctld/grpcServer.ts';
import { TabletManagerRefresher } from '../vtctld/tabletManager.ts';
import { VtctldClient } from '../vtctld/vtctldClient.ts';
import { VtctldDialer } from '../vtctld/vtctldDialer.ts';
import { VtctldRefresher } from '../vtctld/vtctldRefresher.ts';
import { WaitingRefresher } from '../vtctld/waitingRefresher.ts';

/** How tablets are had to read their Shard record, as a person names it: certificates are files. */
export type TabletRoute =
  | { readonly via: 'dial'; readonly tls?: EtcdTlsFiles }
  | {
      readonly via: 'vtctld';
      readonly address: { readonly host: string; readonly port: number };
      readonly user?: string;
      readonly password?: string;
      readonly tls?: EtcdTlsFiles;
    }
  | { readonly via: 'wait'; readonly seconds: number; readonly waitConfirms: boolean };

/** vtctld, with what lets one in. */
export type VtctldRoute = Omit<Extract<TabletRoute, { readonly via: 'vtctld' }>, 'via'>;

/** Makes the way to the tablets; nothing is asked yet. Rejects with a TopologyError for credentials that cannot be used. */
export async function openRefresher(route: TabletRoute, clock: Clock): Promise<TabletRefresher> {
  switch (route.via) {
    case 'wait':
      return new WaitingRefresher(route, clock);
    case 'dial':
      return new TabletManagerRefresher(await accessOf(route));
    case 'vtctld':
      return new VtctldRefresher(route.address, await accessOf(route));
  }
}

/** Makes the way to ask tablets whether they are there; undefined where nothing reaches them. Rejects as openRefresher does. */
export async function openDialer(route: TabletRoute): Promise<TabletDialer | undefined> {
  switch (route.via) {
    case 'wait':
      return undefined;
    case 'dial':
      return new TabletManagerRefresher(await accessOf(route));
    case 'vtctld':
      return new VtctldDialer(await openVtctld(route));
  }
}

/** Makes the way to vtctld; nothing is asked yet. Rejects with a TopologyError for credentials that cannot be used. */
export async function openVtctld(route: VtctldRoute): Promise<VtctldClient> {
  return new VtctldClient(route.address, await accessOf(route));
}

async function accessOf({ user, password, tls }: Partial<VtctldRoute>): Promise<GrpcAccess> {
  return {
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls: await readTlsFiles(tls) }),
  };
}
