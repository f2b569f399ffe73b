import type { Finding } from '../../model/finding.ts';
import { listWords, verb } from '../../model/words.ts';
import type { LoadedShard } from '../keyspaceFacts.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { denialPlaces, groupTables, openPlace, type TableSides } from '../sides.ts';

/** Shards of one side differ in what they deny. Partial moves, which are switched shard by shard, are left out. */
export function shardsDisagree(input: DiagnosisInput): Finding[] {
  const entries = input.sides
    .filter(({ move }) => move.kind === 'standard')
    .flatMap((sides) => [side(sides, sides.serving, sides.servingShards), side(sides, sides.other, sides.otherShards)])
    .filter(({ denying, allowing }) => denying.length > 0 && allowing.length > 0);
  const groups = groupTables(entries, ({ move, keyspace, denying }) =>
    JSON.stringify([move.id, keyspace, denying.map(({ name }) => name)]),
  );
  return groups.flatMap(({ first: { move, keyspace, serves, denying, allowing }, tables }): Finding[] => {
    const [firstDenying] = denying;
    if (firstDenying === undefined) return [];
    const names = (shards: readonly LoadedShard[]): string =>
      listWords(shards.map(({ name }) => `${keyspace}/${name}`));
    return [
      {
        code: 'shards-disagree',
        severity: 'error',
        keyspace,
        tables,
        move: move.id,
        places: placesOr(
          denying.flatMap((shard) => denialPlaces(shard, tables)),
          openPlace(firstDenying),
        ),
        related: allowing.map((shard) =>
          openPlace(shard, `${keyspace}/${shard.name} does not deny ${listWords(tables)}`),
        ),
        message:
          `${names(denying)} ${verb(denying, 'denies', 'deny')} ${listWords(tables)} and ${names(allowing)} ${verb(allowing, 'does', 'do')} not: a query ${serves ? '' : `that reaches ${keyspace} past the routing rules `}fails or succeeds by the shard its rows are on. ` +
          `Next: make all shards of ${keyspace} ${serves ? 'allow' : 'deny'} them, since the routing rules ${serves ? 'send' : 'do not send'} their writes there.`,
        fixable: true,
      },
    ];
  });
}

function side(sides: TableSides, keyspace: string, shards: readonly LoadedShard[]) {
  return {
    ...sides,
    keyspace,
    serves: keyspace === sides.serving,
    denying: shards.filter(({ denials }) => denials.of(sides.table) !== undefined),
    allowing: shards.filter(({ denials }) => denials.of(sides.table) === undefined),
  };
}
