import type { Finding } from '../../model/finding.ts';
import { globalRecord } from '../../model/record.ts';
import { listWords } from '../../model/words.ts';
import type { LoadedShard } from '../keyspaceFacts.ts';
import { queriedShards } from '../partialMoves.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { parseRuleName, type RoutingRuleEntry } from '../routing.ts';
import { deniedOnBothSides, denialPlaces, groupTables, openPlace, rulePlaces } from '../sides.ts';

/** The side that the primary rule serves denies the table, while some of the other side accepts it. */
export function servingSideDenied(input: DiagnosisInput): Finding[] {
  return [...deniedInMoves(input), ...deniedWithoutMove(input)];
}

function deniedInMoves(input: DiagnosisInput): Finding[] {
  const entries = input.sides
    .filter((sides) => !deniedOnBothSides(sides))
    .flatMap((sides) => sides.denied.map((shard) => ({ ...sides, shard })));
  const groups = groupTables(entries, ({ move, serving, shard }) => JSON.stringify([move.id, serving, shard.name]));
  return groups.map(({ first: { move, serving, other, shard, open, servingShards: all }, tables }): Finding => {
    const where = `${serving}/${shard.name}`;
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
        `${failing(tables, shard, all)}: the routing rules send them to ${serving}, and ${where} denies them. ` +
        `Next: make sure that no SwitchTraffic or ReverseTraffic is running, deny them on every shard of ${other}, ` +
        `refresh its tablets, and only then allow them on ${where}.`,
      fixable: true,
    };
  });
}

/** A primary rule leads to a table that is denied there, and no move explains either. */
function deniedWithoutMove(input: DiagnosisInput): Finding[] {
  const denied = input.routing.entries.flatMap((rule) => deniedTargets(input, rule));
  const judged = denied.length === 0 ? new Set() : judgedTables(input);
  const entries = denied.filter(({ shard, table }) => !judged.has(keyOf(shard, table)) && !judged.has(table));
  const groups = groupTables(entries, ({ shard }) => JSON.stringify([shard.keyspace, shard.name]));
  return groups.map(({ first: { shard, all }, tables }): Finding => {
    const where = `${shard.keyspace}/${shard.name}`;
    const rules = entries.filter((entry) => entry.shard === shard).map(({ rule }) => rule);
    return {
      code: 'serving-side-denied',
      severity: 'error',
      keyspace: shard.keyspace,
      shard: shard.name,
      tables,
      places: placesOr(denialPlaces(shard, tables), openPlace(shard)),
      related: rules.map(({ fromTable, toTables, index }) => ({
        record: globalRecord.routingRules,
        path: ['rules', index],
        message: `${fromTable} is routed to ${toTables.join(', ')}`,
      })),
      message:
        `${failing(tables, shard, all)}: a routing rule sends them to ${shard.keyspace}, ${where} denies them, and no move explains it. ` +
        `Next: find out which keyspace has their current rows, then allow them on ${where} or remove the rule.`,
      fixable: false,
    };
  });
}

/** What the moves already tell of: shards with their tables; whole tables where ShardRoutingRules could not be read. */
function judgedTables({ snapshot, sides, moves }: DiagnosisInput): Set<string> {
  const judged = sides.flatMap(({ table, servingShards: serving, otherShards: others }) =>
    [...serving, ...others].map((shard) => keyOf(shard, table)),
  );
  const unsure = snapshot.shardRoutingRules.status === 'failed' ? moves.flatMap(({ tables }) => tables) : [];
  return new Set([...judged, ...unsure]);
}

function keyOf({ keyspace, name }: LoadedShard, table: string): string {
  return JSON.stringify([keyspace, name, table]);
}

function deniedTargets({ snapshot }: DiagnosisInput, rule: RoutingRuleEntry) {
  const { keyspace = '', table } = parseRuleName(rule.toTables[0] ?? '');
  if (rule.from.type !== 'primary') return [];
  const all = queriedShards(snapshot, keyspace);
  return all.filter(({ denials }) => denials.of(table) !== undefined).map((shard) => ({ table, shard, all, rule }));
}

function failing(tables: readonly string[], shard: LoadedShard, all: readonly LoadedShard[]): string {
  const rows = all.length > 1 ? `rows of ${shard.keyspace}/${shard.name}` : shard.keyspace;
  return `Queries on the primary for ${listWords(tables)} (${rows}) fail now with "disallowed due to rule: enforce denied tables"`;
}
