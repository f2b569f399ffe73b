/** What a record that no dump gives could say to a finding: reasons not to report it yet. */
import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { cellRecord, globalRecord } from '../model/record.ts';
import type { DocumentSet } from '../records/documentSet.ts';
import { missingListWords } from '../records/missingRecord.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { deniesAnywhere, loadedShards } from './keyspaceFacts.ts';
import { parseRuleName, routedKeyspace, type RoutingTable } from './routing.ts';
import { servingKeyspace } from './tableMoves.ts';

/** A finding over a set of dumps, with what it is judged by. */
export interface Doubtful {
  readonly finding: Finding;
  /** The move that the finding is about, where it is about one. */
  readonly move: Move | undefined;
  readonly set: DocumentSet;
  readonly routing: RoutingTable;
}

/** The dump that is missing to be sure of a finding, in words; undefined when the finding holds whatever it says. */
export function doubtOf(doubtful: Doubtful): string | undefined {
  switch (doubtful.finding.code) {
    case 'serving-side-denied':
    case 'both-sides-denied':
    case 'shards-disagree':
      return reshardDoubt(doubtful) ?? partialMoveDoubt(doubtful);
    case 'other-side-not-denied':
      return reshardDoubt(doubtful) ?? partialMoveDoubt(doubtful) ?? keptRulesDoubt(doubtful);
    case 'stale-srv-vschema':
      return readsByCellDoubt(doubtful);
    case 'split-routing':
      return unruledNameDoubt(doubtful);
    case 'query-service-disabled':
      return switchedReadsDoubt(doubtful);
    default:
      return undefined;
  }
}

/** A shard that does not serve is a new one of a Reshard where another, of which no dump is there, serves its rows. */
function reshardDoubt({ finding, set }: Doubtful): string | undefined {
  for (const { record } of finding.places) {
    const key = parseGlobalPath(record.path);
    if (key.kind !== 'Shard' || set.shardsListed.has(key.keyspace)) continue;
    const shards = loadedShards(set.snapshot.keyspaces.get(key.keyspace));
    const own = shards.find(({ name }) => name === key.shard);
    if (own?.shard.isPrimaryServing === false) return missingListWords(key.keyspace);
  }
  return undefined;
}

/**
 * In a partial move a shard that has switched denies what the table rules still
 * send to its keyspace. There the serving side's own rule is kept, which a
 * switch of all shards deletes; and an unsharded keyspace has no part to move.
 */
function partialMoveDoubt({ finding, move, set, routing }: Doubtful): string | undefined {
  const reason = set.notGiven(globalRecord.shardRoutingRules);
  const sides = move === undefined ? [finding.keyspace ?? ''] : [move.source, move.target];
  if (reason === undefined || sides.some((keyspace) => isUnsharded(set, keyspace))) return undefined;
  if (move === undefined) return reason;
  const keepsOwnRule = finding.tables.some((table) => {
    const serving = servingKeyspace(routing, table, move.source, move.target);
    return serving !== undefined && routedKeyspace(routing.get(`${serving}.${table}`)) === serving;
  });
  return keepsOwnRule ? reason : undefined;
}

/** Rules that `complete --keep-routing-rules` left are no contradiction where the source no longer has the table. */
function keptRulesDoubt({ finding: { keyspace, tables }, move, set }: Doubtful): string | undefined {
  if (keyspace === undefined || isUnsharded(set, keyspace)) return undefined;
  const sides = move === undefined ? [keyspace] : [move.source, move.target];
  const denied = tables.every((table) => sides.some((side) => deniesAnywhere(set.snapshot, side, table)));
  return denied ? undefined : set.notGiven(globalRecord.vschema(keyspace));
}

/** Read rules that differ in one cell are as intended where another cell carries the new ones. */
function readsByCellDoubt({ finding, set }: Doubtful): string | undefined {
  const unknown = set.snapshot.cells.find(({ srvVSchema }) => srvVSchema.status === 'failed');
  if (finding.cell === undefined || (set.allCells && unknown === undefined)) return undefined;
  const cell = set.snapshot.cells.find(({ name }) => name === finding.cell);
  const own = (cell === undefined ? undefined : loadedValue(cell.srvVSchema))?.routingRules?.rules ?? [];
  const global = loadedValue(set.snapshot.routingRules)?.rules ?? [];
  const types = [...finding.places, ...finding.related].map(({ record, path }) => {
    const index = path.at(-1);
    const rule = typeof index === 'number' ? (record.cell === undefined ? global : own)[index] : undefined;
    return rule === undefined ? 'primary' : parseRuleName(rule.fromTable).type;
  });
  if (types.includes('primary')) return undefined;
  return unknown === undefined ? missingListWords() : set.notGiven(cellRecord.srvVSchema(unknown.name));
}

/** A name without a rule leads to its keyspace only where that keyspace's VSchema has the table. */
function unruledNameDoubt({ finding: { tables }, move, set, routing }: Doubtful): string | undefined {
  const [table, ...others] = tables;
  if (table === undefined || others.length > 0 || move === undefined) return undefined;
  const sides = [move.source, move.target];
  const ruled = routing
    .rulesOf(table)
    .filter(({ from }) => from.type === 'primary')
    .flatMap((rule) => routedKeyspace(rule) ?? []);
  if (sides.every((side) => ruled.includes(side))) return undefined;
  const unruled = sides.filter((side) => routing.get(`${side}.${table}`) === undefined && !isUnsharded(set, side));
  return unruled.map((side) => set.notGiven(globalRecord.vschema(side))).find((reason) => reason !== undefined);
}

/** A Reshard that has switched reads switches the old shards off on purpose; that one is running is told by all shards. */
function switchedReadsDoubt({ finding: { keyspace = '' }, set }: Doubtful): string | undefined {
  return set.shardsListed.has(keyspace) ? undefined : missingListWords(keyspace);
}

/** True when a shard of the keyspace is known that has no key range: it is the only one. */
function isUnsharded(set: DocumentSet, keyspace: string): boolean {
  return set.snapshot.keyspaces.get(keyspace)?.shards.some(({ name }) => !name.includes('-')) ?? false;
}
