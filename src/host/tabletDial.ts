import type { PrecheckAnswers } from '../repair/precheck/precheckTablets.ts';
import type { RefreshOptions, ShardTablets } from '../repair/ports.ts';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import { dialTablets } from '../vtctld/dialTablets.ts';
import { TabletManagerRefresher } from '../vtctld/tabletManager.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import { defaultTablets } from './tabletSettings.ts';

/** Asks the tablets of a connection whether they answer, which changes nothing; where they are not to be reached from here the answers say so. */
export async function dialFrom(
  settings: ConnectionSettings | undefined,
  shards: readonly ShardTablets[],
  options: RefreshOptions,
): Promise<PrecheckAnswers> {
  const reason = notDialled(settings);
  if (reason !== undefined) {
    const tablets = shards.flatMap((shard) => shard.tablets);
    return new Map(tablets.map(({ alias }) => [alias, { status: 'not-dialled', reason }]));
  }
  const tls = settings?.kind === 'etcd' ? settings.tablets?.tls : undefined;
  const dialer = new TabletManagerRefresher(tls === undefined ? {} : { tls: await readTlsFiles(tls) });
  return dialTablets(shards, dialer, options);
}

/** Why the tablets of a connection are not asked; undefined when they are. */
function notDialled(settings: ConnectionSettings | undefined): string | undefined {
  if (settings?.kind !== 'etcd') return 'a snapshot has no running tablets';
  const { via } = settings.tablets ?? defaultTablets;
  return via === 'dial' ? undefined : `the connection’s tablets.via is "${via}"`;
}
