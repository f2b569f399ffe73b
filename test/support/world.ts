/**
 * A topology as Vitess's own processes see it, decoded with nothing but the
 * protobuf library: what vtgate routes by and what tablets obey.
 */
import { fromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { recordName, type RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import {
  KeyspaceSchema,
  ShardSchema,
  SrvKeyspaceSchema,
  TabletType,
  type Shard,
  type SrvKeyspace,
} from '../../src/records/gen/topodata_pb.js';
import {
  KeyspaceRoutingRulesSchema,
  KeyspaceSchema as VSchemaSchema,
  MirrorRulesSchema,
  RoutingRulesSchema,
  ShardRoutingRulesSchema,
  SrvVSchemaSchema,
  type Keyspace as VSchema,
  type SrvVSchema,
} from '../../src/records/gen/vschema_pb.js';

/** A record that is there: its message, or that it cannot be read. */
export type Known<T> = T | 'unreadable';

export interface WorldKeyspace {
  readonly vschema: Known<VSchema> | undefined;
  readonly shards: ReadonlyMap<string, Known<Shard>>;
}

export interface WorldCell {
  readonly name: string;
  readonly reached: boolean;
  readonly srvVSchema: Known<SrvVSchema> | undefined;
  readonly srvKeyspaces: ReadonlyMap<string, Known<SrvKeyspace>>;
}

/** Where a name leads, by the rules alone. */
export type RuleMap = ReadonlyMap<string, readonly string[]>;

export interface World {
  readonly keyspaces: ReadonlyMap<string, WorldKeyspace>;
  readonly cells: readonly WorldCell[];
  readonly rules: Known<RuleMap>;
  readonly shardRules: Known<MessageShape<typeof ShardRoutingRulesSchema>['rules']>;
  readonly keyspaceRules: Known<MessageShape<typeof KeyspaceRoutingRulesSchema>['rules']>;
  readonly mirrorRules: Known<MessageShape<typeof MirrorRulesSchema>['rules']>;
  /** The names of the records that cannot be read. */
  readonly unreadable: readonly string[];
}

export function readWorld(data: TopologyData): World {
  const unreadable: string[] = [];
  const global = new Map(data.global.map(({ path, value }) => [path, value]));
  const read = <Desc extends DescMessage>(schema: Desc, id: RecordId, value: Uint8Array): Known<MessageShape<Desc>> => {
    try {
      return fromBinary(schema, value);
    } catch {
      unreadable.push(recordName(id));
      return 'unreadable';
    }
  };
  const rulesOf = <Rule>(schema: DescMessage, path: string): Known<readonly Rule[]> => {
    const value = global.get(path);
    if (value === undefined) return [];
    const message = read(schema, { path }, value);
    return message === 'unreadable' ? message : (message as unknown as { rules: Rule[] }).rules;
  };
  const keyspaces = new Map<string, { vschema: Known<VSchema> | undefined; shards: Map<string, Known<Shard>> }>();
  for (const [path, value] of global) {
    const [area, name = '', kind, shard = ''] = path.split('/');
    if (area !== 'keyspaces' || kind === 'locks') continue;
    const keyspace = keyspaces.get(name) ?? { vschema: undefined, shards: new Map<string, Known<Shard>>() };
    keyspaces.set(name, keyspace);
    if (kind === 'Keyspace') read(KeyspaceSchema, { path }, value);
    if (kind === 'VSchema') keyspace.vschema = read(VSchemaSchema, { path }, value);
    if (kind === 'shards') keyspace.shards.set(shard, read(ShardSchema, { path }, value));
  }
  const cells = data.cells.map((cell): WorldCell => {
    const name = cell.cell;
    if (cell.status === 'failed') {
      unreadable.push(`cells/${name}/CellInfo`);
      return { name, reached: false, srvVSchema: 'unreadable', srvKeyspaces: new Map() };
    }
    const srvKeyspaces = new Map<string, Known<SrvKeyspace>>();
    let srvVSchema: Known<SrvVSchema> | undefined;
    for (const { path, value } of cell.records) {
      const id = { cell: name, path };
      if (path === 'SrvVSchema') srvVSchema = read(SrvVSchemaSchema, id, value);
      else if (path.endsWith('/SrvKeyspace'))
        srvKeyspaces.set(path.split('/')[1] ?? '', read(SrvKeyspaceSchema, id, value));
    }
    return { name, reached: true, srvVSchema, srvKeyspaces };
  });
  const rules = rulesOf<{ fromTable: string; toTables: string[] }>(RoutingRulesSchema, 'RoutingRules');
  return {
    keyspaces,
    cells,
    rules: rules === 'unreadable' ? rules : ruleMap(rules),
    shardRules: rulesOf(ShardRoutingRulesSchema, 'ShardRoutingRules') as World['shardRules'],
    keyspaceRules: rulesOf(KeyspaceRoutingRulesSchema, 'routing_rules/keyspace/Rules') as World['keyspaceRules'],
    mirrorRules: rulesOf(MirrorRulesSchema, 'MirrorRules') as World['mirrorRules'],
    unreadable,
  };
}

export function ruleMap(rules: readonly { fromTable: string; toTables: readonly string[] }[]): RuleMap {
  return new Map(rules.map(({ fromTable, toTables }) => [fromTable, toTables]));
}

/** Where vtgate sends a spelling of a table's name: by the rule of the type, else by the one without, else to the keyspace it names. */
export function route(rules: RuleMap, spelling: string, type: string): string | undefined {
  const to = rules.get(`${spelling}@${type}`) ?? rules.get(spelling) ?? [spelling];
  const [keyspace, table] = (to[0] ?? '').split('.');
  return table === undefined ? undefined : keyspace;
}

/** Whether the primary of a shard refuses a table: of its PRIMARY controls the last one counts. */
export function refuses(shard: Known<Shard> | undefined, table: string): boolean {
  if (shard === undefined || shard === 'unreadable') return false;
  let refused = false;
  for (const { tabletType, deniedTables } of shard.tabletControls)
    if (tabletType === TabletType.PRIMARY) refused = deniedTables.includes(table);
  return refused;
}

/** The shards whose primary serves, or all where none does; where none does and one cannot be read, nobody knows. */
export function servingShardNames(keyspace: WorldKeyspace | undefined): string[] {
  const readable = [...(keyspace?.shards ?? [])].flatMap(([name, shard]) =>
    shard === 'unreadable' ? [] : [{ name, shard }],
  );
  const serving = readable.filter(({ shard }) => shard.isPrimaryServing);
  if (serving.length === 0 && readable.length < (keyspace?.shards.size ?? 0)) return [];
  return (serving.length > 0 ? serving : readable).map(({ name }) => name);
}
