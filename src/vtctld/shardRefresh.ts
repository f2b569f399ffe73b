import type { ShardRefresh, ShardTablets, TabletOutcome, TabletTarget } from '../repair/ports.ts';
import { listWords } from '../model/words.ts';

/** A shard's result from what became of each of its tablets. `notes` come after what the outcomes themselves leave open. */
export function shardRefresh(
  shard: ShardTablets,
  outcomeOf: (tablet: TabletTarget) => TabletOutcome,
  notes: readonly string[] = [],
): ShardRefresh {
  const answers = shard.tablets.map((tablet) => ({ ...tablet, outcome: outcomeOf(tablet) }));
  const unknown = unknownPrimary(shard);
  const primaries = answers.filter(({ isPrimary }) => isPrimary);
  return {
    keyspace: shard.keyspace,
    shard: shard.shard,
    tablets: answers.map(({ alias, type, outcome }) => ({ alias, type, outcome })),
    primaryConfirmed: unknown === undefined && primaries.every(({ outcome }) => outcome.status === 'confirmed'),
    notes: [...(unknown === undefined ? [] : [unknown]), ...unreadNotes(shard), ...notes],
  };
}

/** Why it is not known which tablet is the shard's primary, or where it is; undefined when it is known. */
function unknownPrimary({ keyspace, shard, primaryAlias, tablets }: ShardTablets): string | undefined {
  const known = tablets.some(({ alias, isPrimary }) => isPrimary && (primaryAlias ?? alias) === alias);
  if (known) return undefined;
  return primaryAlias === undefined
    ? `The primary of ${keyspace}/${shard} is not known: its Shard record names none.`
    : `The primary of ${keyspace}/${shard}, ${primaryAlias}, could not be asked: no Tablet record of it could be read.`;
}

function unreadNotes({ keyspace, shard, unread }: ShardTablets): string[] {
  return unread.length === 0
    ? []
    : [`There may be further tablets of ${keyspace}/${shard}: not everything could be read. ${listWords(unread)}`];
}
