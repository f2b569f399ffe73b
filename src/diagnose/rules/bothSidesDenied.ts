import type { Finding } from '../../model/finding.ts';
import { listWords, verb } from '../../model/words.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { deniedOnBothSides, denialPlaces, groupTables, openPlace, rulePlaces } from '../sides.ts';

/** Both sides deny the table: nobody accepts writes. Reported once for all shards, instead of `serving-side-denied`. */
export function bothSidesDenied(input: DiagnosisInput): Finding[] {
  const entries = input.sides.filter(deniedOnBothSides);
  const groups = groupTables(entries, ({ move, serving, denied }) =>
    JSON.stringify([move.id, serving, denied.map(({ name }) => name)]),
  );
  return groups.flatMap(({ first: { move, serving, other, denied, otherShards }, tables }): Finding[] => {
    const [firstShard] = denied;
    if (firstShard === undefined) return [];
    const shards = listWords(denied.map(({ name }) => `${serving}/${name}`));
    return [
      {
        code: 'both-sides-denied',
        severity: 'error',
        keyspace: serving,
        ...(denied.length === 1 ? { shard: firstShard.name } : {}),
        tables,
        move: move.id,
        places: placesOr(
          denied.flatMap((shard) => denialPlaces(shard, tables)),
          openPlace(firstShard),
        ),
        related: [
          ...rulePlaces(input, tables),
          ...otherShards.flatMap((shard) =>
            denialPlaces(shard, tables, `${shard.keyspace}/${shard.name} denies ${listWords(tables)}`),
          ),
        ],
        message:
          `Queries on the primary for ${listWords(tables)} fail now with "disallowed due to rule: enforce denied tables": ` +
          `the routing rules send them to ${serving}, ${shards} ${verb(denied, 'denies', 'deny')} them, and so does ${other}. ` +
          `Next: make sure that no SwitchTraffic or ReverseTraffic is running, then allow them on ${serving} and refresh its tablets.`,
        fixable: true,
      },
    ];
  });
}
