/**
 * A slow second opinion on a topology of which the moves are known: which
 * contradictions there are, told by trying every table, spelling, cell, tablet
 * type and shard. Written from the description of Vitess's records alone.
 */
import { TabletType } from '../../src/records/gen/topodata_pb.js';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { cellFacts } from './cellOracle.ts';
import { lockFacts } from './lockOracle.ts';
import type { MoveSpec, TopologySpec } from './topologySpec.ts';
import { readWorld, refuses, route, servingShardNames, type RuleMap, type World } from './world.ts';

/** A table of a move of which the rules say which side serves it. */
export interface JudgedTable {
  readonly move: MoveSpec;
  readonly table: string;
}

/** Every contradiction in one line each: its code, where it is, and one table. */
export function expectedFacts(data: TopologyData, spec: TopologySpec): Set<string> {
  const world = readWorld(data);
  const facts = [
    ...world.unreadable.map((name) => `record-unreadable ${name}`),
    ...spec.moves.flatMap((move) => moveFacts(world, spec, move)),
    ...deniedFacts(world, spec),
    ...danglingFacts(world),
    ...controlFacts(world),
    ...cellFacts(world, (rule, leads) => recognizedMove(world, spec, rule, leads)),
    ...lockFacts(
      data,
      spec.moves.filter((move) => isSeen(world, spec, move)),
    ),
  ];
  return new Set(facts);
}

function moveFacts(world: World, spec: TopologySpec, move: MoveSpec): string[] {
  if (move.kind === 'multi-tenant' || !world.keyspaces.has(move.source) || !world.keyspaces.has(move.target)) return [];
  if (move.kind === 'partial') return move.tables.flatMap((table) => partialFacts(world, move, table));
  if (world.rules === 'unreadable') return [];
  const { rules } = world;
  const tables = move.tables.filter((table) => recognizes(world, spec, move, table));
  const served = tables.map((table) => ({ table, serving: servingSide(rules, move, table) }));
  const tablesTogether =
    spec.dumps && new Set(served.map(({ serving }) => serving).filter((side) => side !== undefined)).size > 1;
  return [
    ...(mayBePartial(world, move)
      ? []
      : served.flatMap(({ table, serving }) => sideFacts(world, move, table, serving))),
    ...tables.filter((table) => isSplit(world, rules, move, table)).map((table) => `split-routing ${table}`),
    ...(tablesTogether ? move.tables.map((table) => `split-routing ${table}`) : []),
  ];
}

/** Which side serves: what the bare name leads to, else what the sides' own rules agree on; neither when it is a third keyspace. */
function servingSide(rules: RuleMap, { source, target }: MoveSpec, table: string): string | undefined {
  const leadsTo = (spelling: string): string | undefined =>
    rules.has(spelling) || rules.has(`${spelling}@primary`) ? route(rules, spelling, 'primary') : undefined;
  const isSide = (keyspace: string | undefined): boolean => keyspace === source || keyspace === target;
  const bare = leadsTo(table);
  const own = [leadsTo(`${source}.${table}`), leadsTo(`${target}.${table}`)];
  if (isSide(bare)) return bare;
  const served = new Set(own.filter(isSide));
  return served.size > 1 || (bare !== undefined && own.includes(bare)) ? undefined : [...served][0];
}

/** Whether records alone show the table as moving between the two keyspaces; a dump that lists it always does. */
function recognizes(world: World, spec: TopologySpec, move: MoveSpec, table: string): boolean {
  if (spec.dumps) return true;
  if (world.rules === 'unreadable') return false;
  const { rules } = world;
  const { source, target } = move;
  const serving = servingSide(rules, move, table);
  if (serving === undefined) return false;
  const own = (keyspace: string, type: string): string | undefined => {
    const rule = rules.get(`${keyspace}.${table}${type}`);
    return rule?.[0]?.split('.')[0];
  };
  const types = ['', '@replica', '@rdonly'];
  const linked = types.some((type) => own(source, type) === target || own(target, type) === source);
  const denied = [source, target].some((name) => deniesSomewhere(world, name, table));
  const names = [...world.keyspaces.keys()];
  const anyLink = names.some((name) =>
    types.some((type) => ![undefined, name].includes(own(name, type)) && names.includes(own(name, type) ?? '')),
  );
  const onlyBare = !anyLink && [...rules.keys()].some((name) => types.includes(name.replace(table, '')));
  if (denied) return linked || onlyBare;
  const other = serving === source ? target : source;
  const redirected = own(source, '') === target || own(target, '') === source;
  const reads = [...rules].some(
    ([name, to]) =>
      /@(replica|rdonly)$/.test(name) &&
      name.replace(/@.*/, '').split('.').at(-1) === table &&
      [source, target].includes(to[0]?.split('.')[0] ?? ''),
  );
  return linked && redirected && reads && canHold(world, other, table);
}

function deniesSomewhere({ keyspaces }: World, keyspace: string, table: string): boolean {
  return [...(keyspaces.get(keyspace)?.shards.values() ?? [])].some((shard) => refuses(shard, table));
}

/** A sharded keyspace has only the tables that its VSchema lists, and that cannot be read. */
function mayHaveLostTable({ keyspaces }: World, keyspace: string): boolean {
  const known = keyspaces.get(keyspace);
  return known?.vschema === 'unreadable' && [...known.shards.keys()].some((shard) => shard.includes('-'));
}

/** Whether a dump or the records show that there is such a move. */
function isSeen(world: World, spec: TopologySpec, move: MoveSpec): boolean {
  if (spec.dumps) return true;
  if (!world.keyspaces.has(move.source) || !world.keyspaces.has(move.target)) return false;
  return move.kind === 'multi-tenant'
    ? world.keyspaceRules !== 'unreadable'
    : move.tables.some((table) => recognizes(world, spec, move, table));
}

/** Whether vtgate can route the table in a keyspace: an unsharded one takes any table. */
function canHold(world: World, keyspace: string, table: string): boolean {
  const vschema = world.keyspaces.get(keyspace)?.vschema;
  if (!world.keyspaces.has(keyspace)) return false;
  return vschema === undefined || vschema === 'unreadable' || !vschema.sharded || Object.hasOwn(vschema.tables, table);
}

/** Without the shard rules nobody can tell whether a move between alike keyspaces goes shard by shard. */
function mayBePartial({ shardRules, keyspaces }: World, { source, target }: MoveSpec): boolean {
  const others = keyspaces.get(target)?.shards;
  const names = [...(keyspaces.get(source)?.shards.keys() ?? [])];
  return (
    shardRules === 'unreadable' && names.some((name) => name.length > 1 && name.includes('-') && others?.has(name))
  );
}

function sideFacts(world: World, move: MoveSpec, table: string, serving: string | undefined): string[] {
  if (serving === undefined) return [];
  const other = serving === move.source ? move.target : move.source;
  const shardsOf = (keyspace: string) => world.keyspaces.get(keyspace)?.shards ?? new Map<string, never>();
  const servers = servingShardNames(world.keyspaces.get(serving)).filter(
    (shard) => !isSentElsewhere(world, serving, shard),
  );
  const others = servingShardNames(world.keyspaces.get(other));
  const complete = [serving, other].every((name) => ![...shardsOf(name).values()].includes('unreadable'));
  const denied = servers.filter((shard) => refuses(shardsOf(serving).get(shard), table));
  const open = others.filter((shard) => !refuses(shardsOf(other).get(shard), table));
  const both = complete && denied.length > 0 && others.length > 0 && open.length === 0;
  const differ = (names: readonly string[], some: readonly string[]): boolean =>
    some.length > 0 && some.length < names.length;
  return [
    ...(both
      ? [`both-sides-denied ${serving} ${table}`]
      : denied.map((shard) => `serving-side-denied ${serving}/${shard} ${table}`)),
    ...(mayHaveLostTable(world, other) && ![serving, other].some((name) => deniesSomewhere(world, name, table))
      ? []
      : open.map((shard) => `other-side-not-denied ${other}/${shard} ${table}`)),
    ...(differ(servers, denied) ? [`shards-disagree ${serving} ${table}`] : []),
    ...(differ(others, open) ? [`shards-disagree ${other} ${table}`] : []),
  ];
}

function partialFacts({ shardRules, keyspaces }: World, move: MoveSpec, table: string): string[] {
  if (shardRules === 'unreadable') return [];
  const sides = [move.source, move.target];
  return shardRules
    .filter(({ fromKeyspace, toKeyspace }) => sides.includes(fromKeyspace) && sides.includes(toKeyspace))
    .flatMap(({ fromKeyspace: other, toKeyspace: serving, shard }) => {
      const [server, opposite] = [serving, other].map((name) => keyspaces.get(name)?.shards.get(shard));
      const denied = refuses(server, table);
      const open = opposite !== undefined && opposite !== 'unreadable' && !refuses(opposite, table);
      const readable = [server, opposite].every((one) => one !== undefined && one !== 'unreadable');
      if (denied && readable && !open) return [`both-sides-denied ${serving} ${table}`];
      return [
        ...(denied ? [`serving-side-denied ${serving}/${shard} ${table}`] : []),
        // Before its shard has switched a target may accept the table.
        ...(open && serving === move.target ? [`other-side-not-denied ${other}/${shard} ${table}`] : []),
      ];
    });
}

/** One spelling leads to one side of the move and another to the other. */
function isSplit(world: World, rules: RuleMap, { source, target }: MoveSpec, table: string): boolean {
  const ruled = [...rules.keys()].filter(
    (name) => name === table || (name.endsWith(`.${table}`) && !name.includes('@')),
  );
  const about = ruled.some((name) =>
    [source, target].some((side) => name === `${side}.${table}` || route(rules, name, 'primary') === side),
  );
  if (!about) return false;
  const own = [source, target]
    .filter((keyspace) => canHold(world, keyspace, table) && !mayHaveLostTable(world, keyspace))
    .map((keyspace) => `${keyspace}.${table}`);
  const sides = [...ruled, ...own]
    .map((spelling) => route(rules, spelling, 'primary'))
    .filter((to) => to === source || to === target);
  return new Set(sides).size > 1;
}

/** Denied tables that no move explains: no primary rule is about them there, or one leads right to them. */
function deniedFacts(world: World, spec: TopologySpec): string[] {
  if (world.rules === 'unreadable') return [];
  const { rules } = world;
  const facts: string[] = [];
  for (const [keyspace, { shards }] of world.keyspaces) {
    const serving = servingShardNames(world.keyspaces.get(keyspace));
    for (const [name, shard] of shards) {
      const control =
        shard === 'unreadable'
          ? undefined
          : shard.tabletControls.findLast(({ tabletType }) => tabletType === TabletType.PRIMARY);
      for (const table of control?.deniedTables ?? []) {
        const primary = [...rules].filter(([from]) => !/@(replica|rdonly)$/.test(from));
        const led = primary.some(([, to]) => to[0] === `${keyspace}.${table}`);
        const about = led || rules.has(`${keyspace}.${table}`);
        const explained = isJudged(world, spec, { keyspace, shard: name, table });
        const moved = isOfPartial(spec, keyspace, table) || isOfStandard(world, spec, keyspace, table);
        if (!about && world.shardRules !== 'unreadable' && !moved)
          facts.push(`orphan-denied-tables ${keyspace}/${name} ${table}`);
        if (led && !explained && serving.includes(name) && !isSentElsewhere(world, keyspace, name))
          facts.push(`serving-side-denied ${keyspace}/${name} ${table}`);
      }
    }
  }
  return facts;
}

function isSentElsewhere({ shardRules }: World, keyspace: string, shard: string): boolean {
  return (
    shardRules !== 'unreadable' &&
    shardRules.some((rule) => rule.fromKeyspace === keyspace && rule.shard === shard && rule.toKeyspace !== keyspace)
  );
}

function isOfPartial(spec: TopologySpec, keyspace: string, table: string): boolean {
  return spec.moves.some(
    (move) => move.kind === 'partial' && [move.source, move.target].includes(keyspace) && move.tables.includes(table),
  );
}

/** A move that the rules still show the serving side of, or whose workflow has this keyspace for its target. */
function isOfStandard(world: World, spec: TopologySpec, keyspace: string, table: string): boolean {
  return spec.moves.some((move) => {
    if (move.kind !== 'standard' || ![move.source, move.target].includes(keyspace) || !move.tables.includes(table))
      return false;
    if (spec.dumps && move.target === keyspace) return true;
    const both = world.keyspaces.has(move.source) && world.keyspaces.has(move.target);
    const { rules } = world;
    return (
      both &&
      rules !== 'unreadable' &&
      recognizes(world, spec, move, table) &&
      servingSide(rules, move, table) !== undefined
    );
  });
}

function isJudged(
  world: World,
  spec: TopologySpec,
  denied: { keyspace: string; shard: string; table: string },
): boolean {
  return spec.moves.some((move) => {
    const sides = [move.source, move.target];
    if (move.kind === 'multi-tenant' || !sides.includes(denied.keyspace) || !move.tables.includes(denied.table))
      return false;
    if (world.shardRules === 'unreadable') return recognizes(world, spec, move, denied.table);
    if (!sides.every((name) => world.keyspaces.has(name)) || world.rules === 'unreadable') return false;
    if (move.kind === 'partial') return denied.shard in move.shards;
    return recognizes(world, spec, move, denied.table) && servingSide(world.rules, move, denied.table) !== undefined;
  });
}

/** The standard move between whose sides a read rule leads: of moves of a table of that name, the one of the rule's keyspaces. */
function recognizedMove(
  world: World,
  spec: TopologySpec,
  rule: string,
  leads: readonly string[],
): MoveSpec | undefined {
  const [table = '', keyspace] = rule.replace(/@.*/, '').split('.').reverse();
  const moves = spec.moves.filter((move) => {
    const both = world.keyspaces.has(move.source) && world.keyspaces.has(move.target);
    return (
      move.kind === 'standard' &&
      move.tables.includes(table) &&
      (spec.dumps || both) &&
      recognizes(world, spec, move, table)
    );
  });
  const named = keyspace ?? leads[0];
  return moves.find(({ source, target }) => [source, target].includes(named ?? '')) ?? moves[0];
}

function danglingFacts(world: World): string[] {
  const wrong = (to: string): boolean => {
    const [keyspace = '', table = ''] = to.split('.');
    return !canHold(world, keyspace, table);
  };
  const tableOf = (name: string): string => name.replace(/@.*/, '').split('.').at(-1) ?? '';
  const rules = world.rules === 'unreadable' ? [] : [...world.rules];
  const mirrors = world.mirrorRules === 'unreadable' ? [] : world.mirrorRules;
  const shards = world.shardRules === 'unreadable' ? [] : world.shardRules;
  const keyspaces = world.keyspaceRules === 'unreadable' ? [] : world.keyspaceRules;
  return [
    ...rules.filter(([, to]) => to.some(wrong)).map(([from]) => `dangling-rule RoutingRules ${tableOf(from)}`),
    ...mirrors
      .filter(({ toTable }) => wrong(toTable))
      .map(({ fromTable }) => `dangling-rule MirrorRules ${tableOf(fromTable)}`),
    ...shards
      .filter(({ toKeyspace, shard }) => !world.keyspaces.get(toKeyspace)?.shards.has(shard))
      .map(() => 'dangling-rule ShardRoutingRules'),
    ...keyspaces
      .filter(({ toKeyspace }) => !world.keyspaces.has(toKeyspace))
      .map(() => `dangling-rule ${globalRecord.keyspaceRoutingRules.path}`),
  ];
}

function controlFacts({ keyspaces }: World): string[] {
  return [...keyspaces].flatMap(([keyspace, { shards }]) =>
    [...shards].flatMap(([name, shard]) => {
      const controls = shard === 'unreadable' ? [] : shard.tabletControls;
      const types = controls.map(({ tabletType }) => tabletType);
      return [
        ...(new Set(types).size < types.length ? [`duplicate-control ${keyspace}/${name}`] : []),
        ...(controls.some(({ tabletType, deniedTables }) => tabletType > TabletType.PRIMARY && deniedTables.length > 0)
          ? [`legacy-control ${keyspace}/${name}`]
          : []),
      ];
    }),
  );
}
