import { hostAndPort } from '../model/hostAndPort.ts';
import type { VtctldSettings } from './vtctldSettings.ts';
import type { SwitchServer } from '../switch/ports.ts';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import { TopologyError } from '../topology/topology.ts';
import type { VtctldClient } from '../vtctld/vtctldClient.ts';

/**
 * The way to the vtctld that settings describe; nothing is asked yet. Rejects
 * with a TopologyError when a certificate cannot be read.
 */
export async function openVtctld(
  { address, user, tls }: VtctldSettings,
  password: string | undefined,
): Promise<VtctldClient> {
  // gRPC is large, and most windows never call a vtctld.
  const { VtctldClient } = await import('../vtctld/vtctldClient.ts');
  const place = hostAndPort(address);
  if (place === undefined)
    throw new TopologyError({ code: 'invalid', message: `${address} is not host:port of a vtctld.` });
  return new VtctldClient(place, {
    ...(user === undefined ? {} : { user, password: password ?? '' }),
    ...(tls === undefined ? {} : { tls: await readTlsFiles(tls) }),
  });
}

/** The same for switching traffic. */
export async function openSwitchServer(vtctld: VtctldSettings, password: string | undefined): Promise<SwitchServer> {
  const { VtctldSwitchServer } = await import('../vtctld/vtctldSwitchServer.ts');
  return new VtctldSwitchServer(await openVtctld(vtctld, password));
}
