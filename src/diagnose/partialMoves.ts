/** Partial moves: shard by shard, by ShardRoutingRules. */
import { groupBy } from '../model/groupBy.ts';
import type { Move } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { remember } from '../model/remember.ts';
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
export function queriedShards(snapshot: Snapshot, keyspace: string): readonly LoadedShard[] {
  const elsewhere = sentElsewhere(snapshot).get(keyspace);
  const serving = servingShards(snapshot.keyspaces.get(keyspace));
  return elsewhere === undefined ? serving : serving.filter(({ name }) => !elsewhere.has(name));
}

/** The shards of each keyspace that shard routing rules send to another one. */
const sentElsewhere = remember(({ shardRoutingRules }: Snapshot) => {
  const rules = loadedValue(shardRoutingRules)?.rules ?? [];
  const away = rules.filter(({ fromKeyspace, toKeyspace }) => fromKeyspace !== toKeyspace);
  const byKeyspace = groupBy(away, ({ fromKeyspace }) => fromKeyspace);
  return new Map([...byKeyspace].map(([keyspace, own]) => [keyspace, new Set(own.map(({ shard }) => shard))]));
});

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
    const others = new Set(
      byTables.flatMap(({ source, target, tables }) =>
        tables.flatMap((table) => [source, target].map((keyspace) => deniedKey(keyspace, table))),
      ),
    );
    return [...this.byKeyspaces]
      .filter(([key]) => !seen.has(key))
      .map(([, rules]) => this.moveOf(rules, known, others));
  }

  /** `others` are the tables of other moves, which the same Shard records may deny. */
  private moveOf(rules: readonly ShardRoutingRule[], known: KnownWorkflows, others: ReadonlySet<string>): Move {
    const { source, target } = this.directionOf(rules, others);
    const workflows = known.between(source, target);
    const [workflow] = workflows;
    const shards = rules.map(({ shard }) => shard);
    return {
      id: workflow?.names[0] ?? `${source}→${target}`,
      kind: 'partial',
      source: workflow?.source ?? source,
      target: workflow?.target ?? target,
      tables: workflow?.tables ?? this.deniedOn([source, target], shards, others),
      direction: workflow === undefined ? 'inferred' : 'known',
      workflows: workflows.flatMap(({ names }) => names),
      shards,
      mirrored: false,
    };
  }

  /**
   * Creating a partial move sends every shard of the target to the source and
   * denies nothing. Switching a shard turns its rule round and denies on the
   * source. So a rule from a shard that denies nothing of it starts at the target.
   */
  private directionOf(
    rules: readonly ShardRoutingRule[],
    others: ReadonlySet<string>,
  ): { source: string; target: string } {
    const unswitched = rules.find(({ fromKeyspace, shard }) => {
      const from = this.shardsOf(fromKeyspace).find(({ name }) => name === shard);
      return from !== undefined && deniedTables(from, others).length === 0;
    });
    const { fromKeyspace = '', toKeyspace = '' } = unswitched ?? rules[0] ?? {};
    return unswitched === undefined
      ? { source: fromKeyspace, target: toKeyspace }
      : { source: toKeyspace, target: fromKeyspace };
  }

  private deniedOn(keyspaces: readonly string[], shards: readonly string[], others: ReadonlySet<string>): string[] {
    // Without the table rules a denied table may as well be of another move.
    if (this.snapshot.routingRules.status === 'failed') return [];
    const tables = keyspaces
      .flatMap((keyspace) => this.shardsOf(keyspace))
      .filter(({ name }) => shards.includes(name))
      .flatMap((shard) => deniedTables(shard, others))
      .filter((entry) => !isPattern(entry));
    return [...new Set(tables)].sort();
  }

  private shardsOf(keyspace: string): readonly LoadedShard[] {
    return loadedShards(this.snapshot.keyspaces.get(keyspace));
  }
}

/** The entries that deny tables on a shard, without those of other moves. */
function deniedTables({ keyspace, denials }: LoadedShard, others: ReadonlySet<string>): string[] {
  return denials.entries.map(({ entry }) => entry).filter((entry) => !others.has(deniedKey(keyspace, entry)));
}

function deniedKey(keyspace: string, table: string): string {
  return JSON.stringify([keyspace, table.toLowerCase()]);
}

function keyOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
