import type { Finding } from '../../model/finding.ts';
import { listWords } from '../../model/words.ts';
import type { DiagnosisInput } from '../rule.ts';
import { deniesAnywhere, mayNotRoute } from '../keyspaceFacts.ts';
import { groupTables, openPlace, rulePlaces, type TableSides } from '../sides.ts';

/** The side that does not serve the table accepts it. */
export function otherSideNotDenied(input: DiagnosisInput): Finding[] {
  const entries = input.sides
    .filter((sides) => !sides.mayBeOpen && !mayBeKeptRules(input, sides))
    .flatMap((sides) => sides.open.map((shard) => ({ ...sides, shard })));
  const groups = groupTables(entries, ({ move, other, shard }) => JSON.stringify([move.id, other, shard.name]));
  return groups.map(({ first: { move, serving, other, shard }, tables }): Finding => {
    const where = `${other}/${shard.name}`;
    return {
      code: 'other-side-not-denied',
      severity: 'error',
      keyspace: other,
      shard: shard.name,
      tables,
      move: move.id,
      places: [openPlace(shard)],
      related: rulePlaces(input, tables),
      message:
        `${where} accepts writes to ${listWords(tables)} although the routing rules send them to ${serving}: ` +
        `a client that names ${other}, or a vtgate with older rules, writes rows that ${serving} never sees. ` +
        `Next: deny them on ${where} and refresh its tablets. If the move was completed with --keep-routing-rules, ` +
        `remove its routing rules instead.`,
      fixable: true,
    };
  });
}

/**
 * Rules that `complete --keep-routing-rules` left are no contradiction where the other side may no longer have the table.
 * The shard rules of a partial move lead whole shards away, whatever tables the VSchema lists.
 */
function mayBeKeptRules({ snapshot }: DiagnosisInput, { move, table, serving, other }: TableSides): boolean {
  if (move.kind === 'partial' || !mayNotRoute(snapshot, other)) return false;
  return ![serving, other].some((side) => deniesAnywhere(snapshot, side, table));
}
