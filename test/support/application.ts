/**
 * What an application meets: every spelling of every moving table, sent through
 * a vtgate to the primaries that the rules lead to. A vtgate follows one table
 * rule (VSchema.FindRoutedTable) and then, shard by shard, one shard rule
 * (VCursorImpl.fixupPartiallyMovedShards), also for queries that name a shard.
 */
import { TabletType } from '../../src/records/gen/topodata_pb.js';
import type { SrvVSchema } from '../../src/records/gen/vschema_pb.js';
import { keyspaceIds } from './cellOracle.ts';
import type { MoveSpec } from './topologySpec.ts';
import { refuses, route, ruleMap, type RuleMap, type World, type WorldCell } from './world.ts';

/** What one vtgate goes by. */
export interface Vtgate {
  readonly rules: RuleMap;
  readonly shardRules: readonly {
    readonly fromKeyspace: string;
    readonly toKeyspace: string;
    readonly shard: string;
  }[];
  /** Whether it can plan a query for a table in a keyspace. */
  readonly knows: (keyspace: string, table: string) => boolean;
  /** The shards of a keyspace that it sends primary traffic to. */
  readonly shards: (keyspace: string) => readonly string[];
}

/** The sides of a move and its tables. */
export type Moving = Pick<MoveSpec, 'source' | 'target' | 'tables'>;

/** One write: which spelling of which move's table, and the primary that it comes to. */
export interface Write {
  readonly move: Moving;
  readonly table: string;
  readonly spelling: string;
  readonly keyspace: string;
  readonly shard: string;
  readonly refused: boolean;
}

/** The vtgates of every cell whose SrvVSchema can be read. */
export function vtgates({ cells }: World): Vtgate[] {
  return cells.flatMap(({ srvVSchema, srvKeyspaces }) =>
    srvVSchema === undefined || srvVSchema === 'unreadable' ? [] : [vtgateOf(srvVSchema, srvKeyspaces)],
  );
}

function vtgateOf(
  { keyspaces, routingRules, shardRoutingRules }: SrvVSchema,
  srvKeyspaces: WorldCell['srvKeyspaces'],
): Vtgate {
  return {
    rules: ruleMap(routingRules?.rules ?? []),
    shardRules: shardRoutingRules?.rules ?? [],
    knows: (keyspace, table) => {
      const vschema = keyspaces[keyspace];
      return vschema !== undefined && (!vschema.sharded || Object.hasOwn(vschema.tables, table));
    },
    shards: (keyspace) => {
      const served = srvKeyspaces.get(keyspace);
      const partitions = served === undefined || served === 'unreadable' ? [] : served.partitions;
      const primary = partitions.find(({ servedType }) => servedType === TabletType.PRIMARY);
      return primary?.shardReferences.map(({ name }) => name) ?? [];
    },
  };
}

/** A vtgate that goes by the global rules, whatever the VSchemas say: where the rules alone lead. */
export function globalVtgate({ rules, shardRules, keyspaces }: World): Vtgate {
  return {
    rules: rules === 'unreadable' ? new Map() : rules,
    shardRules: shardRules === 'unreadable' ? [] : shardRules,
    knows: (keyspace) => keyspaces.has(keyspace),
    // A shard whose record cannot be read may serve.
    shards: (keyspace) => {
      const shards = [...(keyspaces.get(keyspace)?.shards ?? [])];
      const serving = shards.filter(([, shard]) => shard === 'unreadable' || shard.isPrimaryServing);
      return serving.map(([name]) => name);
    },
  };
}

/** Every write that a vtgate can send for the tables of moves, shard by shard. */
export function writesThrough(vtgate: Vtgate, world: World, moves: readonly Moving[]): Write[] {
  return moves.flatMap((move) =>
    move.tables.flatMap((table) => {
      const bare = vtgate.rules.has(table) ? [table] : [];
      const spellings = [...bare, `${move.source}.${table}`, `${move.target}.${table}`];
      return spellings.flatMap((spelling) =>
        primariesOf(vtgate, world, table, spelling).map((primary) => ({ move, table, spelling, ...primary })),
      );
    }),
  );
}

function primariesOf(
  { rules, shardRules, knows, shards }: Vtgate,
  { keyspaces }: World,
  table: string,
  spelling: string,
): Pick<Write, 'keyspace' | 'shard' | 'refused'>[] {
  const routed = route(rules, spelling, 'primary');
  if (routed === undefined || !knows(routed, table)) return [];
  return shards(routed).flatMap((shard) => {
    const rule = shardRules.findLast((one) => one.fromKeyspace === routed && one.shard === shard);
    const keyspace = rule?.toKeyspace ?? routed;
    const record = keyspaces.get(keyspace)?.shards.get(shard);
    return record === undefined ? [] : [{ keyspace, shard, refused: refuses(record, table) }];
  });
}

/** Tables of which two writes of the same rows come to both sides of their move, and both are accepted. */
export function tablesOnBothSides(writes: readonly Write[]): string[] {
  const accepted = writes.filter(({ refused }) => !refused);
  const split = accepted.filter(({ move, table, keyspace, shard }) => {
    if (keyspace !== move.source) return false;
    const rows = new Set(keyspaceIds(shard));
    return accepted.some(
      (other) =>
        other.move === move &&
        other.table === table &&
        other.keyspace === move.target &&
        keyspaceIds(other.shard).some((id) => rows.has(id)),
    );
  });
  return [...new Set(split.map(({ table }) => table))];
}
