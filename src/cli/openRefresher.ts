import type { Clock, TabletRefresher } from '../repair/ports.ts';
import { readTlsFiles, type EtcdTlsFiles } from '../topology/etcdAccess.ts';
import { TabletManagerRefresher } from '../vtctld/tabletManager.ts';
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

/** Makes the way to the tablets; nothing is asked yet. Rejects with a TopologyError for credentials that cannot be used. */
export async function openRefresher(route: TabletRoute, clock: Clock): Promise<TabletRefresher> {
  if (route.via === 'wait') return new WaitingRefresher(route, clock);
  const tls = route.tls === undefined ? {} : { tls: await readTlsFiles(route.tls) };
  if (route.via === 'dial') return new TabletManagerRefresher(tls);
  const { address, user, password } = route;
  const login = { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
  return new VtctldRefresher(address, { ...login, ...tls });
}
