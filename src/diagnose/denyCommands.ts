/** Commands that make denied tables follow the routing rules: deny first, and allow only what the other side has confirmed to deny. */
import { lockTarget } from '../model/lock.ts';
import { listValue } from '../model/shellWords.ts';
import { listWords } from '../model/words.ts';
import { TabletType } from '../records/gen/topodata_pb.js';
import type { Snapshot } from '../records/snapshot.ts';
import { refreshShard, vtctldclient, type CommandStep } from './commandList.ts';
import { denialOf, isPattern } from './deniedTables.ts';
import { allShardsLoaded, servingShards, type LoadedShard } from './keyspaceFacts.ts';

/** What must be denied and allowed where. */
export interface DenyTask {
  readonly tables: readonly string[];
  /** The keyspace that must deny, and the one that must allow. */
  readonly denying: string;
  readonly serving: string;
  /** Only this shard of both; every shard when undefined. */
  readonly shard: string | undefined;
}

/** Denies the tables on every shard of one side, and has its tablets confirm. */
export function denySteps(snapshot: Snapshot, task: DenyTask): CommandStep[] {
  const shards = shardsOf(snapshot, task.denying, task.shard);
  const open = shards.filter((shard) => missing(shard, task.tables).length > 0);
  // Of a shard that denies them already nothing is changed, but the last of its controls is what counts.
  const trap = trapWords(shards);
  if (trap !== undefined) return [stop(trap)];
  const deny: CommandStep = {
    comments: [
      `Deny on ${task.denying}, which the routing rules do not serve these tables from.`,
      ...mirrorWords(open),
    ],
    commands: open.map((shard) => setDenied(shard, missing(shard, task.tables), 'add')),
  };
  const confirm: CommandStep = {
    comments: ['Every primary must know it before anything is allowed: a partial refresh stops here.'],
    commands: shards.map(({ keyspace, name }) => refreshShard(keyspace, name)),
  };
  return [
    ...lockSteps(snapshot, task),
    ...(open.length === 0 ? [] : [deny]),
    ...(shards.length === 0 ? [] : [confirm]),
  ];
}

/** Denies on one side, then allows on the other. Stops before it allows when not every shard of the first can be denied on. */
export function switchSteps(snapshot: Snapshot, task: DenyTask): CommandStep[] {
  const first = denySteps(snapshot, task);
  const closing = shardsOf(snapshot, task.denying, task.shard);
  const known = task.shard === undefined ? allShardsLoaded(snapshot.keyspaces.get(task.denying)) : true;
  if (closing.length === 0 || !known) {
    const words = `not every shard of ${task.denying} could be read. Allow nothing on ${task.serving} before each of them denies ${listWords(task.tables)}.`;
    return [...first, stop(words)];
  }
  if (trapWords(closing) !== undefined) return first;
  const denied = shardsOf(snapshot, task.serving, task.shard).filter((shard) => present(shard, task.tables).length > 0);
  const trap = trapWords(denied) ?? patternWords(denied, task.tables);
  if (trap !== undefined) return [...first, stop(trap)];
  const allow: CommandStep = {
    comments: [`Allow on ${task.serving}, which serves them.`, ...mirrorWords(denied)],
    commands: denied.flatMap((shard) => [
      setDenied(shard, present(shard, task.tables), 'remove'),
      refreshShard(shard.keyspace, shard.name),
    ]),
  };
  return [...first, ...(denied.length === 0 ? [] : [allow])];
}

/** Removes denied tables from one shard. */
export function allowSteps(
  snapshot: Snapshot,
  keyspace: string,
  shard: string,
  tables: readonly string[],
): CommandStep[] {
  const shards = shardsOf(snapshot, keyspace, shard);
  const trap = trapWords(shards) ?? patternWords(shards, tables);
  if (trap !== undefined) return [stop(trap)];
  const commands = shards.flatMap((entry) => {
    const denied = present(entry, tables);
    return denied.length === 0 ? [] : [setDenied(entry, denied, 'remove'), refreshShard(keyspace, entry.name)];
  });
  return [{ comments: mirrorWords(shards), commands }];
}

function stop(why: string): CommandStep {
  return { comments: [`STOP: ${why}`], commands: [] };
}

function shardsOf(snapshot: Snapshot, keyspace: string, shard: string | undefined): readonly LoadedShard[] {
  const shards = servingShards(snapshot.keyspaces.get(keyspace));
  return shard === undefined ? shards : shards.filter(({ name }) => name === shard);
}

function missing({ shard }: LoadedShard, tables: readonly string[]): string[] {
  return tables.filter((table) => denialOf(shard, table) === undefined);
}

/** The entries that deny the tables, as they are written: they are removed by their exact text. */
function present({ shard }: LoadedShard, tables: readonly string[]): string[] {
  return [...new Set(tables.flatMap((table) => denialOf(shard, table)?.entry ?? []))];
}

function setDenied({ keyspace, name }: LoadedShard, tables: readonly string[], change: 'add' | 'remove'): string {
  const flags = [...(change === 'remove' ? ['--remove'] : []), `--denied-tables=${listValue(tables)}`];
  return vtctldclient('SetShardTabletControl', ...flags, `${keyspace}/${name}`, 'primary');
}

/** SetShardTabletControl changes the first control of a type, and tablets follow the last. */
function trapWords(shards: readonly LoadedShard[]): string | undefined {
  const twice = shards.filter(
    ({ shard }) => shard.tabletControls.filter(({ tabletType }) => tabletType === TabletType.PRIMARY).length > 1,
  );
  if (twice.length === 0) return undefined;
  const names = listWords(twice.map(({ keyspace, name }) => `${keyspace}/${name}`));
  return `${names} has two PRIMARY controls. SetShardTabletControl changes the first, its tablets follow the last: repair duplicate-control first.`;
}

function patternWords(shards: readonly LoadedShard[], tables: readonly string[]): string | undefined {
  const patterns = shards.flatMap((shard) => present(shard, tables).filter(isPattern));
  return patterns.length === 0
    ? undefined
    : `the pattern ${listWords([...new Set(patterns)])} denies them and may deny other tables too: replace it by hand.`;
}

/** SetShardTabletControl has no flag for allow_reads and resets it. */
function mirrorWords(shards: readonly LoadedShard[]): string[] {
  const mirrored = shards.filter(({ shard }) => shard.tabletControls.some(({ allowReads }) => allowReads));
  return mirrored.length === 0
    ? []
    : [
        `This resets allow_reads of ${listWords(mirrored.map(({ keyspace, name }) => `${keyspace}/${name}`))}: mirrored reads fail until mirrortraffic is run again.`,
      ];
}

function lockSteps({ locks }: Snapshot, { denying, serving }: DenyTask): CommandStep[] {
  const held = locks.filter(({ lockedPath }) => {
    const target = lockTarget(lockedPath);
    return target.kind !== 'other' && [denying, serving].includes(target.keyspace);
  });
  const names = [...new Set(held.map(({ lockedPath }) => lockedPath))];
  return names.length === 0
    ? []
    : [
        {
          comments: [`Locked: ${listWords(names)}. The commands wait for a keyspace's lock; see its holder first.`],
          commands: [],
        },
      ];
}
