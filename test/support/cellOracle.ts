/** The oracle's part about single cells: SrvVSchema and SrvKeyspace beside the global records. */
import { equals } from '@bufbuild/protobuf';
import { KeyspaceSchema as VSchemaSchema, type SrvVSchema } from '../../src/records/gen/vschema_pb.js';
import { TabletType, type Shard, type SrvKeyspace } from '../../src/records/gen/topodata_pb.js';
import type { MoveSpec } from './topologySpec.ts';
import { ruleMap, type Known, type RuleMap, type World, type WorldCell, type WorldKeyspace } from './world.ts';

/** The standard move that a read rule belongs to, told by its name and the keyspaces that it leads to. */
type MoveOf = (rule: string, leads: readonly string[]) => MoveSpec | undefined;

export function cellFacts(world: World, moveOf: MoveOf): string[] {
  return world.cells.flatMap((cell) => [
    ...vschemaFacts(world, cell, moveOf),
    ...[...cell.srvKeyspaces].flatMap(([keyspace, served]) => keyspaceFacts(world, cell, keyspace, served)),
    ...(cell.reached
      ? [...world.keyspaces.keys()]
          .filter((name) => lacksSrvKeyspace(world, cell, name))
          .map((name) => `stale-srv-keyspace @${cell.name} ${name}`)
      : []),
  ]);
}

function vschemaFacts(world: World, cell: WorldCell, moveOf: MoveOf): string[] {
  const { name, srvVSchema } = cell;
  if (srvVSchema === 'unreadable') return [];
  // In these topologies every cell has tablets, so its vtgates need one.
  if (srvVSchema === undefined) return world.keyspaces.size > 0 ? [`stale-srv-vschema @${name}`] : [];
  const names = differingNames(world, srvVSchema);
  const others = otherDifferences(world, srvVSchema);
  const tables = [...new Set(names.map(tableOf))];
  const earlierReads =
    others.length === 0 && names.length > 0 && names.every((rule) => isEarlierRead(world, srvVSchema, rule, moveOf));
  const carried = tables.every((table) => somebodyCarries(world, table));
  // One that cannot be read may carry them.
  if (earlierReads && !carried && world.cells.some((other) => other.srvVSchema === 'unreadable')) return [];
  if (earlierReads && carried) return tables.map((table) => `reads-differ-by-cell @${name} ${table}`);
  return [...tables, ...others].map((what) => `stale-srv-vschema @${name} ${what}`);
}

function differingNames({ rules }: World, srvVSchema: SrvVSchema): string[] {
  if (rules === 'unreadable') return [];
  const cell = cellRules(srvVSchema);
  const all = new Set([...rules.keys(), ...cell.keys()]);
  return [...all].filter((name) => rules.get(name)?.join('|') !== cell.get(name)?.join('|'));
}

function otherDifferences(world: World, srvVSchema: SrvVSchema): string[] {
  const differences: string[] = [];
  for (const [name, { vschema }] of world.keyspaces) {
    if (vschema === 'unreadable') continue;
    const carried = srvVSchema.keyspaces[name];
    const expected = vschema ?? emptyVSchema;
    if (carried === undefined || !equals(VSchemaSchema, carried, expected)) differences.push(name);
  }
  for (const name of Object.keys(srvVSchema.keyspaces)) if (!world.keyspaces.has(name)) differences.push(name);
  const lists: [string, Known<readonly object[]>, readonly object[] | undefined][] = [
    ['shard_routing_rules', world.shardRules, srvVSchema.shardRoutingRules?.rules],
    ['keyspace_routing_rules', world.keyspaceRules, srvVSchema.keyspaceRoutingRules?.rules],
    ['mirror_rules', world.mirrorRules, srvVSchema.mirrorRules?.rules],
  ];
  const text = (rules: readonly object[] = []): string =>
    rules
      .map((rule) => JSON.stringify(rule))
      .sort()
      .join();
  for (const [field, global, carried] of lists)
    if (global !== 'unreadable' && text(global) !== text(carried)) differences.push(field);
  return differences;
}

const emptyVSchema = {
  $typeName: 'vschema.Keyspace',
  sharded: false,
  vindexes: {},
  tables: {},
  requireExplicitRouting: false,
  foreignKeyMode: 0,
} as never;

function isEarlierRead({ rules }: World, srvVSchema: SrvVSchema, name: string, moveOf: MoveOf): boolean {
  if (rules === 'unreadable' || !/@(replica|rdonly)$/.test(name)) return false;
  const leads = [rules, cellRules(srvVSchema)].flatMap((map: RuleMap) => map.get(name)?.[0]?.split('.')[0] ?? []);
  const move = moveOf(name, leads);
  return move !== undefined && [...leads].sort().join() === [move.source, move.target].sort().join();
}

function somebodyCarries(world: World, table: string): boolean {
  return world.cells.some(({ srvVSchema }) => {
    if (srvVSchema === undefined || srvVSchema === 'unreadable') return false;
    return !differingNames(world, srvVSchema).some((name) => tableOf(name) === table);
  });
}

function cellRules(srvVSchema: SrvVSchema): RuleMap {
  return ruleMap(srvVSchema.routingRules?.rules ?? []);
}

function tableOf(name: string): string {
  return (
    name
      .replace(/@(primary|replica|rdonly)$/, '')
      .split('.')
      .at(-1) ?? ''
  );
}

function lacksSrvKeyspace(world: World, cell: WorldCell, keyspace: string): boolean {
  // In these topologies a cell has a tablet of the first keyspace.
  const shards = [...(world.keyspaces.get(keyspace)?.shards.values() ?? [])];
  const serving = !shards.includes('unreadable') && shards.some((shard) => (shard as Shard).isPrimaryServing);
  return keyspace === 'ks0' && serving && !cell.srvKeyspaces.has(keyspace);
}

function keyspaceFacts(world: World, cell: WorldCell, name: string, served: Known<SrvKeyspace>): string[] {
  const keyspace = world.keyspaces.get(name);
  if (keyspace === undefined)
    return [`stale-srv-keyspace @${cell.name} ${name}`, ...disabledFacts(cell, name, served, undefined)];
  if (served === 'unreadable') return [];
  const shards = [...keyspace.shards];
  const readable = shards.every(([, shard]) => shard !== 'unreadable');
  const expected = shards
    .filter(([, shard]) => shard !== 'unreadable' && shard.isPrimaryServing)
    .map(([shard]) => shard);
  const stale =
    readable &&
    [TabletType.PRIMARY, TabletType.REPLICA, TabletType.RDONLY].some((type) => {
      const listed = (served.partitions.find(({ servedType }) => servedType === type)?.shardReferences ?? []).map(
        (reference) => reference.name,
      );
      if ([...listed].sort().join() === [...expected].sort().join()) return false;
      return type === TabletType.PRIMARY || !overlaps(keyspace) || !coversEverything(listed, keyspace);
    });
  return [
    ...(stale ? [`stale-srv-keyspace @${cell.name} ${name}`] : []),
    ...disabledFacts(cell, name, served, keyspace),
  ];
}

function disabledFacts(
  cell: WorldCell,
  name: string,
  served: Known<SrvKeyspace>,
  keyspace: WorldKeyspace | undefined,
): string[] {
  if (served === 'unreadable') return [];
  return served.partitions.flatMap(({ shardReferences, shardTabletControls }) =>
    shardTabletControls
      .filter((control) => control.queryServiceDisabled)
      .filter(
        (control) =>
          keyspace === undefined ||
          !overlaps(keyspace) ||
          shardReferences.some((reference) => reference.name === control.name),
      )
      .map((control) => `query-service-disabled @${cell.name} ${name}/${control.name}`),
  );
}

/** Every one-byte keyspace id that a shard name covers. */
export function keyspaceIds(shard: string): number[] {
  const [start = '', end = ''] = shard.includes('-') ? shard.split('-') : ['', ''];
  const [from, to] = [Number.parseInt(start || '0', 16), end === '' ? 256 : Number.parseInt(end, 16)];
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function overlaps({ shards }: WorldKeyspace): boolean {
  const all = [...shards.keys()].filter((shard) => shard.includes('-')).flatMap(keyspaceIds);
  return new Set(all).size < all.length;
}

function coversEverything(listed: readonly string[], { shards }: WorldKeyspace): boolean {
  const all = listed.flatMap(keyspaceIds);
  return all.length === 256 && new Set(all).size === 256 && listed.every((shard) => shards.has(shard));
}
