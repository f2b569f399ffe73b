/** Partial moves: shard by shard, by ShardRoutingRules. */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import type { ShardRoutingRule } from '../records/gen/vschema_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import { isPattern } from './deniedTables.ts';
import { loadedShards, servingShards, type LoadedShard } from './keyspaceFacts.ts';
import type { KnownWorkflows } from './workflowPairs.ts';

/**
 * The serving shards of a keyspace that vtgate sends the keyspace's queries to:
 * not those that a shard routing rule sends to another keyspace, for whatever
 * table (VCursorImpl.fixupPartiallyMovedShards in Vitess).
 */
export function queriedShards(snapshot: Snapshot, keyspace: string): LoadedShard[] {
  const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
  const elsewhere = new Set(
    rules
      .filter(({ fromKeyspace, toKeyspace }) => fromKeyspace === keyspace && toKeyspace !== keyspace)
      .map(({ shard }) => shard),
  );
  return servingShards(snapshot.keyspaces.get(keyspace)).filter(({ name }) => !elsewhere.has(name));
}

/** ShardRoutingRules, looked up by the two keyspaces they are between. */
export class ShardRoutes {
  private readonly snapshot: Snapshot;
  private readonly byKeyspaces: ReadonlyMap<string, readonly ShardRoutingRule[]>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    const rules = loadedValue(snapshot.shardRoutingRules)?.rules ?? [];
    // Rules that lead to a keyspace without records are told by dangling-rule.
    const between = rules.filter(
      ({ fromKeyspace: from, toKeyspace: to }) =>
        from !== to && snapshot.keyspaces.has(from) && snapshot.keyspaces.has(to),
    );
    this.byKeyspaces = groupBy(between, ({ fromKeyspace, toKeyspace }) => keyOf(fromKeyspace, toKeyspace));
  }

  /** The rules between two keyspaces, in either direction, in the record's order. */
  between(a: string, b: string): readonly ShardRoutingRule[] {
    return this.byKeyspaces.get(keyOf(a, b)) ?? [];
  }

  /** Partial moves that ShardRoutingRules show and no table rules name; their tables are those that are denied so far. */
  movesBeside(byTables: readonly Move[], known: KnownWorkflows): Move[] {
    const seen = new Set(byTables.map(({ source, target }) => keyOf(source, target)));
    return [...this.byKeyspaces]
      .filter(([key]) => !seen.has(key))
      .map(([, rules]) => this.moveOf(rules, byTables, known));
  }

  private moveOf(rules: readonly ShardRoutingRule[], byTables: readonly Move[], known: KnownWorkflows): Move {
    const { source, target } = this.directionOf(rules);
    const workflows = known.between(source, target);
    const [workflow] = workflows;
    const shards = rules.map(({ shard }) => shard);
    return {
      id: workflow?.names[0] ?? `${source}→${target}`,
      kind: 'partial',
      source: workflow?.source ?? source,
      target: workflow?.target ?? target,
      tables: workflow?.tables ?? this.deniedOn([source, target], shards, byTables),
      direction: workflow === undefined ? 'inferred' : 'known',
      workflows: workflows.flatMap(({ names }) => names),
      shards,
      mirrored: false,
    };
  }

  /**
   * Creating a partial move sends every shard of the target to the source and
   * denies nothing. Switching a shard turns its rule round and denies on the
   * source. So a rule from a shard that denies nothing starts at the target.
   */
  private directionOf(rules: readonly ShardRoutingRule[]): { source: string; target: string } {
    const unswitched = rules.find(({ fromKeyspace, shard }) => {
      const from = this.shardsOf(fromKeyspace).find(({ name }) => name === shard);
      return from !== undefined && from.denials.entries.length === 0;
    });
    const { fromKeyspace = '', toKeyspace = '' } = unswitched ?? rules[0] ?? {};
    return unswitched === undefined
      ? { source: fromKeyspace, target: toKeyspace }
      : { source: toKeyspace, target: fromKeyspace };
  }

  private deniedOn(keyspaces: readonly string[], shards: readonly string[], byTables: readonly Move[]): string[] {
    // Without the table rules a denied table may as well be of another move.
    if (this.snapshot.routingRules.status === 'failed') return [];
    return [...new Set(keyspaces.flatMap((keyspace) => this.unexplained(keyspace, shards, byTables)))].sort();
  }

  /** The tables that a keyspace's shards deny and that no move by tables from or to it explains. */
  private unexplained(keyspace: string, shards: readonly string[], byTables: readonly Move[]): string[] {
    const explained = byTables
      .filter(({ source, target }) => source === keyspace || target === keyspace)
      .flatMap(({ tables }) => tables);
    return this.shardsOf(keyspace)
      .filter(({ name }) => shards.includes(name))
      .flatMap(({ denials }) => denials.entries)
      .map(({ entry }) => entry)
      .filter((entry) => !isPattern(entry) && !explained.includes(entry));
  }

  private shardsOf(keyspace: string): readonly LoadedShard[] {
    return loadedShards(this.snapshot.keyspaces.get(keyspace));
  }
}

function keyOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
