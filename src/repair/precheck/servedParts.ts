/** Which keyspace the global rules let serve a move's writes, part by part. */
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import { ShardRoutes } from '../../diagnose/partialMoves.ts';
import { RoutingTable } from '../../diagnose/routing.ts';
import { servingKeyspace } from '../../diagnose/tableMoves.ts';
import { tabletTypes, type TabletTypeName } from '../../model/move.ts';
import { loadedValue } from '../../model/reading.ts';
import { globalRecord, type RecordId } from '../../model/record.ts';
import type { Snapshot } from '../../records/snapshot.ts';

/** Where one part of a move (a table, a shard, the tenant) is served; undefined when no rule says. */
export interface ServedPart {
  readonly name: string;
  readonly by: string | undefined;
  /** The tablet types whose traffic it is. */
  readonly types: readonly TabletTypeName[];
}

export interface ServedParts {
  /** The record that has the rules, and whether it could be read. */
  readonly record: RecordId;
  readonly rules: 'loaded' | 'absent' | 'failed';
  readonly parts: readonly ServedPart[];
}

/** The parts of a move: its tables, its shards, or a multi-tenant move's keyspace by tablet type. */
export function servedParts(move: DiagnosedMove, snapshot: Snapshot): ServedParts {
  const { source, target } = move;
  if (move.kind === 'partial') {
    const parts = new ShardRoutes(snapshot)
      .between(source, target)
      .map(({ shard, toKeyspace }): ServedPart => ({ name: `the shard ${shard}`, by: toKeyspace, types: tabletTypes }));
    return { record: globalRecord.shardRoutingRules, rules: snapshot.shardRoutingRules.status, parts };
  }
  if (move.kind === 'multi-tenant') {
    const rules = loadedValue(snapshot.keyspaceRoutingRules)?.rules ?? [];
    const parts = rules
      .filter(({ fromKeyspace }) => fromKeyspace.split('@')[0] === source)
      .map(({ fromKeyspace, toKeyspace }): ServedPart => ({
        name: fromKeyspace,
        by: toKeyspace,
        types: tabletTypes.filter((type) => type === (fromKeyspace.split('@')[1] ?? 'primary')),
      }));
    return { record: globalRecord.keyspaceRoutingRules, rules: snapshot.keyspaceRoutingRules.status, parts };
  }
  const routing = new RoutingTable(loadedValue(snapshot.routingRules));
  const parts = move.tables.map((table): ServedPart => ({
    name: table,
    by: servingKeyspace(routing, table, source, target),
    types: ['primary'],
  }));
  return { record: globalRecord.routingRules, rules: snapshot.routingRules.status, parts };
}
