import { notDialled, type PrecheckAnswers } from '../repair/precheck/precheckTablets.ts';
import type { RefreshOptions, ShardTablets } from '../repair/ports.ts';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import { defaultTablets, type TabletRoute } from './tabletSettings.ts';

const reasonNotToDial: Readonly<Record<TabletRoute, string | undefined>> = {
  dial: undefined,
  vtctld: 'the connection reaches them through vtctld, which is not asked',
  wait: 'nothing reaches them from here',
};

/** Asks the tablets of a connection whether they answer, which changes nothing; where they are not to be reached from here the answers say so. */
export async function dialFrom(
  settings: ConnectionSettings | undefined,
  shards: readonly ShardTablets[],
  options: RefreshOptions,
): Promise<PrecheckAnswers> {
  if (settings?.kind !== 'etcd') return notDialled(shards, 'a snapshot tells nothing of now');
  const { via, tls } = settings.tablets ?? defaultTablets;
  const reason = reasonNotToDial[via];
  if (reason !== undefined) return notDialled(shards, reason);
  // gRPC is large, and most windows never dial a tablet.
  const { TabletManagerRefresher } = await import('../vtctld/tabletManager.ts');
  const { dialTablets } = await import('../vtctld/dialTablets.ts');
  const dialer = new TabletManagerRefresher(tls === undefined ? {} : { tls: await readTlsFiles(tls) });
  return dialTablets(shards, dialer, options);
}
