/** Words on how a refresh of shards went. */
import type { ShardName } from '../model/plan.ts';
import type { ShardRefresh, ShardTablets, TabletOutcome } from './ports.ts';

/** A shard whose primary is not known to have read its Shard record again. */
export interface UnconfirmedShard extends ShardName {
  /** Which primary, and why, in one sentence. */
  readonly words: string;
}

/** The shards without their primary's confirmation, a shard without any answer among them. */
export function unconfirmedShards(
  asked: readonly ShardTablets[],
  answers: readonly ShardRefresh[],
): UnconfirmedShard[] {
  return asked.flatMap((shard) => {
    const answer = answers.find((one) => one.keyspace === shard.keyspace && one.shard === shard.shard);
    if (answer?.primaryConfirmed === true) return [];
    const { keyspace, shard: name } = shard;
    return [{ keyspace, shard: name, words: `${keyspace}/${name}: ${primaryWords(shard, answer)}.` }];
  });
}

/** Who did not confirm, a sentence each: primaries, and the other tablets that were asked. */
export function refreshProblems(asked: readonly ShardTablets[], answers: readonly ShardRefresh[]): string[] {
  const primaries = new Set(
    asked.flatMap(({ tablets }) => tablets.flatMap((one) => (one.isPrimary ? [one.alias] : []))),
  );
  const others = answers.flatMap(({ keyspace, shard, tablets }) =>
    tablets.flatMap(({ alias, type, outcome }) =>
      outcome.status === 'failed' && !primaries.has(alias)
        ? [`${keyspace}/${shard}: ${type} ${alias} did not confirm: ${clause(outcome.reason)}.`]
        : [],
    ),
  );
  return [...unconfirmedShards(asked, answers).map(({ words }) => words), ...others];
}

/** How many confirmed, and what else there is to know, in sentences. */
export function refreshSummary(answers: readonly ShardRefresh[]): string[] {
  const outcomes = answers.flatMap(({ tablets }) => tablets.map(({ outcome }) => outcome));
  const amount = (status: TabletOutcome['status']): number => outcomes.filter((one) => one.status === status).length;
  const waited = outcomes.flatMap((one) => (one.status === 'waited' ? [one.seconds] : []));
  return [
    `${amount('confirmed')} of ${outcomes.length} tablets confirmed.`,
    ...(waited.length === 0
      ? []
      : [`${waited.length} were given ${Math.max(...waited)} s to be refreshed by somebody else.`]),
    ...answers.flatMap(({ notes }) => notes),
  ];
}

function primaryWords({ tablets }: ShardTablets, answer: ShardRefresh | undefined): string {
  if (answer === undefined) return 'nothing answered for it';
  const primaries = tablets.filter(({ isPrimary }) => isPrimary);
  const silent = primaries.flatMap(({ alias }) => {
    const outcome = answer.tablets.find((one) => one.alias === alias)?.outcome;
    return outcome?.status === 'confirmed' ? [] : [`the primary ${alias} did not confirm: ${outcomeWords(outcome)}`];
  });
  return silent.length > 0 ? silent.join('; ') : answer.notes.map(clause).join('; ') || 'its primary is not known';
}

function outcomeWords(outcome: TabletOutcome | undefined): string {
  if (outcome === undefined) return 'it was not asked';
  if (outcome.status === 'waited') return `it was given ${outcome.seconds} s, which does not count as a confirmation`;
  return 'reason' in outcome ? clause(outcome.reason) : 'its shard was not confirmed';
}

/** Reasons come as sentences too, and are put into others. */
function clause(words: string): string {
  return words.replace(/\.$/, '');
}
