/**
 * What an application meets: every spelling of every moving table, sent through
 * the vtgates of every cell to the primaries that the rules lead to.
 */
import type { TopologySpec } from './topologySpec.ts';
import { refuses, route, ruleMap, servingShardNames, type RuleMap, type World } from './world.ts';

/** The rules that the vtgates of one cell go by. */
export interface Vtgate {
  readonly rules: RuleMap;
  readonly shardRules: readonly {
    readonly fromKeyspace: string;
    readonly toKeyspace: string;
    readonly shard: string;
  }[];
}

/** One write: which spelling of which table, and the primary that it comes to. */
export interface Write {
  readonly table: string;
  readonly spelling: string;
  readonly keyspace: string;
  readonly shard: string;
  readonly refused: boolean;
}

/** The vtgates of every cell whose SrvVSchema can be read. */
export function vtgates(world: World): Vtgate[] {
  return world.cells.flatMap(({ srvVSchema }) =>
    srvVSchema === undefined || srvVSchema === 'unreadable'
      ? []
      : [
          {
            rules: ruleMap(srvVSchema.routingRules?.rules ?? []),
            shardRules: srvVSchema.shardRoutingRules?.rules ?? [],
          },
        ],
  );
}

/** A vtgate that goes by the global rules: what the next rebuild of SrvVSchema makes of every cell. */
export function globalVtgate({ rules, shardRules }: World): Vtgate {
  return {
    rules: rules === 'unreadable' ? new Map() : rules,
    shardRules: shardRules === 'unreadable' ? [] : shardRules,
  };
}

/** Every write that a vtgate can send for the tables of moves, shard by shard. */
export function writesThrough(vtgate: Vtgate, world: World, spec: TopologySpec): Write[] {
  return spec.moves.flatMap(({ kind, source, target, tables }) =>
    kind === 'multi-tenant'
      ? []
      : tables.flatMap((table) => {
          const bare = vtgate.rules.has(table) ? [table] : [];
          const spellings = [...bare, `${source}.${table}`, `${target}.${table}`];
          return spellings.flatMap((spelling) => writesOf(vtgate, world, table, spelling));
        }),
  );
}

function writesOf(vtgate: Vtgate, { keyspaces }: World, table: string, spelling: string): Write[] {
  const routed = route(vtgate.rules, spelling, 'primary');
  const records = keyspaces.get(routed ?? '');
  if (routed === undefined || records === undefined) return [];
  const vschema = records.vschema === 'unreadable' ? undefined : records.vschema;
  if (vschema?.sharded && !Object.hasOwn(vschema.tables, table)) return [];
  return servingShardNames(records).map((shard) => {
    const rule = vtgate.shardRules.find((one) => one.fromKeyspace === routed && one.shard === shard);
    const keyspace = rule?.toKeyspace ?? routed;
    return { table, spelling, keyspace, shard, refused: refuses(keyspaces.get(keyspace)?.shards.get(shard), table) };
  });
}
