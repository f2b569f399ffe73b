import { mapLimited } from '../topology/concurrency.ts';
import type { PrecheckAnswer } from '../repair/precheck/precheckModel.ts';
import type { RefreshOptions, ShardTablets, TabletDialer } from '../repair/ports.ts';

const parallel = 64;

/**
 * Asks every tablet of these shards whether it is there, by alias. One that the
 * signal leaves no time for was not asked; it is not silent.
 */
export async function dialTablets(
  shards: readonly ShardTablets[],
  dialer: TabletDialer,
  options: RefreshOptions,
): Promise<Map<string, PrecheckAnswer>> {
  const tablets = shards.flatMap((shard) => shard.tablets);
  const answers = new Map<string, PrecheckAnswer>();
  options.onProgress?.(`dialling ${tablets.length} tablets`);
  await mapLimited(tablets, parallel, async (tablet) => {
    const answer = options.signal.aborted ? outOfTime : await dialer.dial(tablet, options);
    const late = answer.status === 'silent' && options.signal.aborted;
    answers.set(tablet.alias, late ? outOfTime : answer);
    options.onProgress?.(`${answers.size} of ${tablets.length} tablets dialled`);
  });
  return answers;
}

const outOfTime: PrecheckAnswer = { status: 'out-of-time' };
