/** Reads the passwords that a command line does not carry. */
import { readLogin, type CredentialEnvironment } from './credentials.ts';
import type { TabletRoute, VtctldRoute } from './openRefresher.ts';
import type { TabletsAddress, VtctldAddress } from './tabletOptions.ts';

/** The way to the tablets with its password; rejects with a TopologyError when that cannot be read. */
export async function tabletRoute(tablets: TabletsAddress, credentials: CredentialEnvironment): Promise<TabletRoute> {
  return tablets.via === 'vtctld' ? { via: 'vtctld', ...(await vtctldRoute(tablets, credentials)) } : tablets;
}

/** The way to vtctld with its password; rejects with a TopologyError when that cannot be read. */
export async function vtctldRoute(vtctld: VtctldAddress, credentials: CredentialEnvironment): Promise<VtctldRoute> {
  const { user, passwordFile, address, tls } = vtctld;
  return {
    address,
    ...(tls !== undefined && { tls }),
    ...(await readLogin('VTCTLD', { user, passwordFile }, credentials)),
  };
}
