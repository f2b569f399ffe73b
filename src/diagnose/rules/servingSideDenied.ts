import type { Finding } from '../../model/finding.ts';
import { listWords } from '../../model/words.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { deniedOnBothSides, denialPlaces, groupTables, openPlace, rulePlaces, tableSides } from '../sides.ts';

/** The side that the primary rule serves denies the table, while some of the other side accepts it. */
export function servingSideDenied(input: DiagnosisInput): Finding[] {
  const entries = tableSides(input)
    .filter((sides) => !deniedOnBothSides(sides))
    .flatMap((sides) => sides.denied.map((shard) => ({ ...sides, shard })));
  const groups = groupTables(entries, ({ move, serving, shard }) => JSON.stringify([move.id, serving, shard.name]));
  return groups.map(({ first: { move, serving, other, shard, open, servingShards }, tables }): Finding => {
    const where = `${serving}/${shard.name}`;
    const rows = servingShards.length > 1 ? `rows of ${where}` : serving;
    return {
      code: 'serving-side-denied',
      severity: 'error',
      keyspace: serving,
      shard: shard.name,
      tables,
      move: move.id,
      places: placesOr(denialPlaces(shard, tables), openPlace(shard)),
      related: [
        ...rulePlaces(input, tables),
        ...open.map((side) => openPlace(side, `${side.keyspace}/${side.name} does not deny ${listWords(tables)}`)),
      ],
      message:
        `Queries on the primary for ${listWords(tables)} (${rows}) fail now with "disallowed due to rule: enforce denied tables": ` +
        `the routing rules send them to ${serving}, and ${where} denies them. ` +
        `Next: make sure that no SwitchTraffic or ReverseTraffic is running, deny them on every shard of ${other}, ` +
        `refresh its tablets, and only then allow them on ${where}.`,
      fixable: true,
    };
  });
}
