import type { PrecheckAnswer } from '../repair/precheck/precheckModel.ts';
import type { PrecheckAnswers } from '../repair/precheck/precheckTablets.ts';
import type { RefreshOptions, TabletTarget } from '../repair/ports.ts';
import { mapLimited } from '../topology/concurrency.ts';
import { readTlsFiles } from '../topology/etcdAccess.ts';
import { TabletManagerRefresher } from '../vtctld/tabletManager.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import { defaultTablets } from './tabletSettings.ts';

const parallel = 64;

/** Asks tablets whether they answer, which changes nothing; those that cannot be reached from here are not asked, and the answer says why. */
export async function dialTablets(
  settings: ConnectionSettings | undefined,
  tablets: readonly TabletTarget[],
  options: RefreshOptions,
): Promise<PrecheckAnswers> {
  const answers = new Map<string, PrecheckAnswer>();
  const reason = notDialled(settings);
  if (reason !== undefined || settings?.kind !== 'etcd') {
    for (const { alias } of tablets) answers.set(alias, { status: 'not-dialled', reason: reason ?? '' });
    return answers;
  }
  const tls = settings.tablets?.tls;
  const dialer = new TabletManagerRefresher(tls === undefined ? {} : { tls: await readTlsFiles(tls) });
  await mapLimited(tablets, parallel, async (tablet) => {
    answers.set(tablet.alias, await dialer.dial(tablet, options));
  });
  return answers;
}

/** Why the tablets of a connection are not asked; undefined when they are. */
function notDialled(settings: ConnectionSettings | undefined): string | undefined {
  if (settings?.kind !== 'etcd') return 'a snapshot has no running tablets';
  const { via } = settings.tablets ?? defaultTablets;
  return via === 'dial' ? undefined : `the connection's setting tablets.via is "${via}"`;
}
