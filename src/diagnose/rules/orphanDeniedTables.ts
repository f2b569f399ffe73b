import type { Finding } from '../../model/finding.ts';
import { listWords } from '../../model/words.ts';
import { isPattern } from '../deniedTables.ts';
import { loadedShards, type LoadedShard } from '../keyspaceFacts.ts';
import { placesOr } from '../places.ts';
import type { DiagnosisInput } from '../rule.ts';
import { routedKeyspace, type RoutingTable } from '../routing.ts';
import { denialPlaces, openPlace } from '../sides.ts';

/** A shard denies a table that no rule routes from or to its keyspace: `complete` or `cancel` with --keep-data leaves it. */
export function orphanDeniedTables(input: DiagnosisInput): Finding[] {
  const { snapshot, routing } = input;
  // Without the rules nothing can be called an orphan.
  if (snapshot.routingRules.status === 'failed' || snapshot.shardRoutingRules.status === 'failed') return [];
  let moved: ReadonlySet<string> | undefined;
  const isMoved = (key: string): boolean => (moved ??= movedTables(input)).has(key);
  return [...snapshot.keyspaces.values()].flatMap(loadedShards).flatMap((shard) => {
    const { keyspace, name } = shard;
    const tables = shard.denials.entries
      .map(({ entry }) => entry)
      .filter(
        (entry) =>
          !isPattern(entry) &&
          !isRouted(routing, keyspace, entry) &&
          !isMoved(keyOf(keyspace, undefined, entry)) &&
          !isMoved(keyOf(keyspace, name, entry)),
      );
    return tables.length === 0 ? [] : [orphans(shard, [...new Set(tables)].sort())];
  });
}

/** The tables that moves deny somewhere: on every shard of a keyspace, or on those of a partial move. */
function movedTables({ moves, sides }: DiagnosisInput): Set<string> {
  const byShards = moves
    .filter(({ kind }) => kind === 'partial')
    .flatMap(({ source, target, shards, tables }) =>
      tables.flatMap((table) =>
        shards.flatMap((shard) => [source, target].map((keyspace) => keyOf(keyspace, shard, table))),
      ),
    );
  const judged = sides
    .filter(({ move }) => move.kind === 'standard')
    .flatMap(({ serving, other, table }) => [serving, other].map((keyspace) => keyOf(keyspace, undefined, table)));
  // MoveTables create --no-routing-rules denies on the target all the same.
  const withoutRules = moves
    .filter(({ kind, direction }) => kind === 'standard' && direction === 'known')
    .flatMap(({ target, tables }) => tables.map((table) => keyOf(target, undefined, table)));
  return new Set([...byShards, ...judged, ...withoutRules]);
}

function keyOf(keyspace: string, shard: string | undefined, table: string): string {
  return JSON.stringify([keyspace, shard, table.toLowerCase()]);
}

function isRouted(routing: RoutingTable, keyspace: string, table: string): boolean {
  return routing
    .rulesOfDenied(table)
    .some(
      (rule) => rule.from.type === 'primary' && (rule.from.keyspace === keyspace || routedKeyspace(rule) === keyspace),
    );
}

function orphans(shard: LoadedShard, tables: readonly string[]): Finding {
  const { keyspace, name } = shard;
  return {
    code: 'orphan-denied-tables',
    severity: 'warning',
    keyspace,
    shard: name,
    tables,
    places: placesOr(denialPlaces(shard, tables), openPlace(shard)),
    related: [],
    message:
      `${keyspace}/${name} denies ${listWords(tables)}, and no routing rule routes them from or to ${keyspace}: ` +
      `queries that reach this shard's primary fail, and a later move of these tables fails or breaks. ` +
      `Next: check that no workflow of ${keyspace} still uses them, then remove them from the denied tables.`,
    fixable: true,
  };
}
