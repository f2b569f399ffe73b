/** Denied tables of a move, made to match where its writes are served. */
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { cannotRoute, type LoadedShard } from '../diagnose/keyspaceFacts.ts';
import { mirroredTables } from '../diagnose/mirroring.ts';
import { ShardRoutes } from '../diagnose/partialMoves.ts';
import { mayBePartial, type TableSides } from '../diagnose/sides.ts';
import { groupBy } from '../model/groupBy.ts';
import type { ShardName } from '../model/plan.ts';
import { globalRecord, recordName } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { ShardSchema } from '../records/gen/topodata_pb.js';
import { changeDenials, denyingPattern, followsCells } from './denials.ts';
import type { Draft } from './draft.ts';
import { moveFindings, servedFrom, wantedSides, type RepairContext } from './repairContext.ts';

/** What one shard is to do with one table of a move. */
interface Want {
  readonly move: DiagnosedMove['id'];
  readonly shard: LoadedShard;
  readonly table: string;
  readonly deny: boolean;
  /** True when the shard does it already. */
  readonly met: boolean;
  readonly serving: string;
}

export type WantsByShard = ReadonlyMap<string, readonly Want[]>;

/** What the shards of some moves are to deny and to allow. */
export function wantsOf(sides: readonly TableSides[]): Want[] {
  return sides.flatMap(({ move, table, serving, servingShards, otherShards, denied, open, mayBeOpen }) => {
    const want = (shard: LoadedShard, deny: boolean, unmet: readonly LoadedShard[]): Want => ({
      move: move.id,
      shard,
      table,
      deny,
      met: !unmet.includes(shard),
      serving,
    });
    // Where the serving side must be opened, the other is closed first, also the target of a partial move.
    const mustDeny = !mayBeOpen || denied.length > 0;
    return [
      ...servingShards.map((shard) => want(shard, false, denied)),
      ...(mustDeny ? otherShards.map((shard) => want(shard, true, open)) : []),
    ];
  });
}

/** Why a move cannot be repaired from its records; undefined when it can. */
export function moveRefusal(context: RepairContext, move: DiagnosedMove, ruled: WantsByShard): string | undefined {
  const { snapshot } = context;
  if (move.kind === 'multi-tenant') {
    return 'A multi-tenant move is switched by KeyspaceRoutingRules and denies no tables: switch it with MoveTables.';
  }
  for (const { path } of [globalRecord.routingRules, globalRecord.shardRoutingRules, globalRecord.mirrorRules]) {
    if (snapshot.unreadable.some(({ record }) => record.cell === undefined && record.path === path)) {
      return `${path} could not be read, and this repair rests on it.`;
    }
  }
  if (mayBePartial(snapshot, move)) return 'It may be a partial move: ShardRoutingRules could not be read.';
  if (isMirrored(context, move)) {
    return 'Its reads are mirrored: end that first with MoveTables … mirrortraffic --percent 0.';
  }
  return directionRefusal(context, move) ?? sidesRefusal(context, move, ruled);
}

/** Why cells cannot be made to carry the rules of a move that needs no other repair; undefined when they can. */
export function followRefusal(context: RepairContext, move: DiagnosedMove): string | undefined {
  if (mayBePartial(context.snapshot, move)) return 'It may be a partial move: ShardRoutingRules could not be read.';
  return directionRefusal(context, move);
}

function directionRefusal(context: RepairContext, move: DiagnosedMove): string | undefined {
  const { snapshot } = context;
  const keyspace = servedFrom(context);
  if (keyspace === undefined) {
    return moveFindings(move, ['split-routing']).length === 0
      ? undefined
      : `Its routing rules send writes to both ${move.source} and ${move.target}: decide which keyspace has the current rows and repair with serve-from.`;
  }
  if (keyspace !== move.source && keyspace !== move.target) return `${keyspace} is not a side of this move.`;
  if (move.kind === 'partial')
    return 'A partial move is switched shard by shard with MoveTables: serve-from turns whole moves only.';
  const unroutable = move.tables.filter((table) => cannotRoute(snapshot.keyspaces.get(keyspace), table));
  if (unroutable.length > 0)
    return `The VSchema of ${keyspace} does not list ${listWords(unroutable)}: vtgate could not route there.`;
  if (snapshot.keyspaces.get(keyspace)?.vschema.status === 'failed')
    return `The VSchema of ${keyspace} could not be read.`;
  const unread = snapshot.cells.filter(({ srvVSchema }) => srvVSchema.status === 'failed').map(({ name }) => name);
  return unread.length === 0
    ? undefined
    : `The SrvVSchema of ${listWords(unread)} could not be read: vtgates there would keep sending writes by the rules they have.`;
}

function sidesRefusal(context: RepairContext, move: DiagnosedMove, ruled: WantsByShard): string | undefined {
  const { snapshot } = context;
  for (const name of [move.source, move.target]) {
    const keyspace = snapshot.keyspaces.get(name);
    if (keyspace === undefined) return `The keyspace ${name} has no records.`;
    const unread = keyspace.shards.filter(({ shard }) => shard.status === 'failed');
    if (unread.length > 0)
      return `${listWords(unread.map(({ record }) => recordName(record)))} could not be read, and this repair rests on it.`;
  }
  const sides = wantedSides(context, move);
  if (sides.length === 0) return 'The routing rules do not say which keyspace serves its tables.';
  const gaps = new ShardRoutes(snapshot)
    .between(move.source, move.target)
    .filter(({ shard }) => sides.some((one) => !one.complete && one.move.shards.includes(shard)))
    .map(({ shard }) => shard);
  if (gaps.length > 0) return `ShardRoutingRules name ${listWords(gaps)}, and not both keyspaces have that shard.`;
  return wantsRefusal(ruled, move, wantsOf(sides));
}

function wantsRefusal(ruled: WantsByShard, move: DiagnosedMove, wants: readonly Want[]): string | undefined {
  for (const { shard, table, deny, met } of wants) {
    if (met) continue;
    const where = `${shard.keyspace}/${shard.name}`;
    const pattern = deny ? undefined : denyingPattern(shard.shard, [table]);
    if (pattern !== undefined)
      return `On ${where} the pattern ${pattern} denies ${table} and may deny other tables: replace it by hand.`;
    if (followsCells(shard.shard))
      return `The PRIMARY control of ${where} names cells, which Vitess does not write: look at it by hand.`;
    const contrary = ruled.get(wantKey(shard, table))?.find((other) => other.move !== move.id && other.deny !== deny);
    if (contrary !== undefined) {
      return `The move ${contrary.move} needs ${table} ${deny ? 'allowed' : 'denied'} on ${where}, and this one ${deny ? 'denied' : 'allowed'}: complete or cancel one of them.`;
    }
  }
  return undefined;
}

/** What the rules want of every move's shards, by `wantKey`. */
export function wantsByShard({ input }: RepairContext): WantsByShard {
  return groupBy(wantsOf(input.sides), ({ shard, table }) => wantKey(shard, table));
}

/** Shards and tables as a tablet tells them apart: without regard to case. */
export function wantKey({ keyspace, name }: Pick<LoadedShard, 'keyspace' | 'name'>, table: string): string {
  return JSON.stringify([keyspace, name, table.toLowerCase()]);
}

/** Mirroring is always from the source; which side that is may only be inferred. */
function isMirrored({ snapshot }: RepairContext, { mirrored, source, target, tables }: DiagnosedMove): boolean {
  const rules = mirroredTables(snapshot);
  return mirrored || tables.some((table) => rules.has({ source: target, target: source, table }));
}

/**
 * Writes what a move's shards are to deny into the draft. Gives the shards that
 * must confirm before anything is allowed: none where nothing of it opens.
 */
export function draftDenials(
  context: RepairContext,
  move: DiagnosedMove,
  { draft, rerouted }: { readonly draft: Draft; readonly rerouted: boolean },
): ShardName[] {
  const wants = wantsOf(wantedSides(context, move));
  const unmet = wants.filter(({ met }) => !met);
  for (const same of groupBy(unmet, ({ shard }) => recordName(shard.record)).values()) draftShard(same, draft);
  const opened = new Set(unmet.filter(({ deny }) => !deny).map(({ shard }) => shard.name));
  if (!rerouted && opened.size === 0) return [];
  return wants
    .filter(({ deny, shard }) => deny && (move.kind !== 'partial' || opened.has(shard.name)))
    .map(({ shard }) => ({ keyspace: shard.keyspace, shard: shard.name }));
}

function draftShard(wants: readonly Want[], draft: Draft): void {
  const [first] = wants;
  if (first === undefined) return;
  const deny = wants.filter((want) => want.deny).map(({ table }) => table);
  const allow = wants.filter((want) => !want.deny).map(({ table }) => table);
  const why = {
    deny: deny.length === 0 ? undefined : `denies ${listWords(deny)}: ${servingWords(wants)} serves them`,
    why:
      allow.length === 0
        ? undefined
        : `allows ${listWords(allow)}: the routing rules serve them from ${first.shard.keyspace}`,
  };
  draft.edit(ShardSchema, first.shard.record, why, (shard) => {
    changeDenials(shard, { deny, allow });
  });
}

function servingWords(wants: readonly Want[]): string {
  return listWords([...new Set(wants.filter(({ deny }) => deny).map(({ serving }) => serving))]);
}
