import { notDialled, type PrecheckAnswers } from '../repair/precheck/precheckTablets.ts';
import type { RefreshOptions, ShardTablets, TabletDialer } from '../repair/ports.ts';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import type { ConnectionSettings, EtcdSettings } from './connectionSettings.ts';
import { defaultTablets } from './tabletSettings.ts';
import { openVtctld } from './openVtctld.ts';
import { vtctldOf } from './vtctldSettings.ts';
import type { Passwords } from './workerRequest.ts';

/** Asks the tablets of a connection whether they answer, which changes nothing; where they are not to be reached from here the answers say so. */
export async function dialFrom(
  settings: ConnectionSettings | undefined,
  passwords: Passwords,
  shards: readonly ShardTablets[],
  options: RefreshOptions,
): Promise<PrecheckAnswers> {
  if (settings?.kind !== 'etcd') return notDialled(shards, 'a snapshot tells nothing of now');
  const dialer = await openDialer(settings, passwords);
  if (dialer === undefined) return notDialled(shards, 'nothing reaches them from here');
  const { dialTablets } = await import('../vtctld/dialTablets.ts');
  return dialTablets(shards, dialer, options);
}

// gRPC is large, and most windows never dial a tablet.
async function openDialer(settings: EtcdSettings, passwords: Passwords): Promise<TabletDialer | undefined> {
  const { via, tls } = settings.tablets ?? defaultTablets;
  if (via === 'dial') {
    const { TabletManagerRefresher } = await import('../vtctld/tabletManager.ts');
    return new TabletManagerRefresher(tls === undefined ? {} : { tls: await readTlsFiles(tls) });
  }
  const vtctld = via === 'vtctld' ? vtctldOf(settings) : undefined;
  if (vtctld === undefined) return undefined;
  const { VtctldDialer } = await import('../vtctld/vtctldDialer.ts');
  return new VtctldDialer(await openVtctld(vtctld, passwords.vtctld));
}
