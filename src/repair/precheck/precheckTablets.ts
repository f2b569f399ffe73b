/** Whether every tablet that must read its Shard record again is there. */
import { loadedValue } from '../../model/reading.ts';
import { cellRecord, globalRecord, type RecordId } from '../../model/record.ts';
import { listWords, sentence } from '../../model/words.ts';
import { groupBy } from '../../model/groupBy.ts';
import type { Snapshot } from '../../records/snapshot.ts';
import { tabletTypeName } from '../../records/tabletTypeName.ts';
import type { ShardTablets, TabletTarget } from '../ports.ts';
import type { PrecheckAnswer, PrecheckReason } from './precheckModel.ts';

/** They hold their action lock while they work, and RefreshState waits for it (vitessio/vitess#15630). */
const busyTypes: ReadonlySet<string> = new Set(['BACKUP', 'RESTORE']);
const notAsked: PrecheckAnswer = { status: 'not-dialled', reason: 'nobody asked them' };

export type PrecheckAnswers = ReadonlyMap<string, PrecheckAnswer>;

export function tabletReasons(
  shards: readonly ShardTablets[],
  answers: PrecheckAnswers,
  snapshot: Snapshot,
): PrecheckReason[] {
  return shards.flatMap((shard) => [
    ...primaryReasons(shard, snapshot),
    ...shard.tablets.flatMap((tablet) => tabletReason(shard, tablet, answers.get(tablet.alias))),
  ]);
}

/** Answers of tablets that nobody means to ask. */
export function notDialled(shards: readonly ShardTablets[], reason: string): PrecheckAnswers {
  const unasked: PrecheckAnswer = { status: 'not-dialled', reason };
  return new Map(shards.flatMap(({ tablets }) => tablets).map(({ alias }) => [alias, unasked]));
}

/** Who was not asked, by the reason. */
export function tabletsNotSeen(shards: readonly ShardTablets[], answers: PrecheckAnswers): string[] {
  const unasked = shards
    .flatMap(({ tablets }) => tablets)
    .flatMap(({ alias }) => {
      const answer = answers.get(alias) ?? notAsked;
      return answer.status === 'not-dialled' ? [{ alias, reason: answer.reason }] : [];
    });
  return [...groupBy(unasked, ({ reason }) => reason)].map(
    ([reason, same]) => `Whether ${listWords(same.map(({ alias }) => alias))} answer: ${reason}.`,
  );
}

function primaryReasons(
  { keyspace, shard, primaryAlias, tablets }: ShardTablets,
  snapshot: Snapshot,
): PrecheckReason[] {
  const record = globalRecord.shard(keyspace, shard);
  const name = `${keyspace}/${shard}`;
  const reading = snapshot.keyspaces.get(keyspace)?.shards.find((one) => one.name === shard)?.shard;
  if (reading?.status !== 'loaded') return [];
  const found = primaryAlias === undefined ? undefined : findTablet(snapshot, primaryAlias);
  const problem = primaryProblem(primaryAlias, found, { keyspace, shard });
  if (problem !== undefined) {
    const next =
      'Next: have VTOrc or an operator give the shard a primary (PlannedReparentShard or EmergencyReparentShard).';
    const message = `${name} has no primary: ${problem}. The operation fails before or while it changes the shard. ${next}`;
    return [{ code: 'no-primary', record: found === 'unread' ? record : (found?.record ?? record), message }];
  }
  const newer = tablets.filter(({ isPrimary, alias }) => isPrimary && alias !== primaryAlias);
  return newer.length === 0
    ? []
    : [
        {
          code: 'primary-changing',
          record,
          message:
            `${listWords(newer.map(({ alias }) => alias))} became PRIMARY of ${name} after ${primaryAlias ?? ''}, which the Shard record still names: a reparent is under way. ` +
            `The operation would speak to the old primary. Next: wait until the Shard record names the new one.`,
        },
      ];
}

interface FoundTablet {
  readonly record: RecordId;
  readonly keyspace: string;
  readonly shard: string;
  readonly type: string;
}

/** The record of a tablet; `unread` where it or its cell could not be read, which is a reason of its own. */
function findTablet({ cells }: Snapshot, alias: string): FoundTablet | 'unread' | undefined {
  const cell = cells.find(({ name }) => alias.slice(0, alias.lastIndexOf('-')) === name);
  if (cell?.failure !== undefined) return 'unread';
  const tablet = cell?.tablets.find((one) => one.alias === alias);
  if (cell === undefined || tablet === undefined) return undefined;
  const value = loadedValue(tablet.tablet);
  if (value === undefined) return 'unread';
  const { keyspace, shard, type } = value;
  return { record: cellRecord.tablet(cell.name, alias), keyspace, shard, type: tabletTypeName(type) };
}

function primaryProblem(
  alias: string | undefined,
  found: FoundTablet | 'unread' | undefined,
  { keyspace, shard }: { readonly keyspace: string; readonly shard: string },
): string | undefined {
  if (alias === undefined) return 'its Shard record names none';
  if (found === 'unread') return undefined;
  if (found === undefined) return `its Shard record names ${alias}, which has no Tablet record`;
  if (found.keyspace !== keyspace || found.shard !== shard) {
    return `its Shard record names ${alias}, which is a tablet of ${found.keyspace}/${found.shard}`;
  }
  return found.type === 'PRIMARY' ? undefined : `its Shard record names ${alias}, which is ${found.type}`;
}

function tabletReason(
  { keyspace, shard }: ShardTablets,
  { alias, cell, type, hostname, isPrimary }: TabletTarget,
  answer: PrecheckAnswer | undefined,
): PrecheckReason[] {
  const record = cellRecord.tablet(cell, alias);
  const who = `${alias} of ${keyspace}/${shard}`;
  if (busyTypes.has(type)) {
    return [
      {
        code: 'tablet-busy',
        record,
        message:
          `${who} is ${type}: it does not answer RefreshState until it has finished, and Vitess refuses the operation or rolls it back. ` +
          `Next: wait until it is REPLICA or RDONLY again.`,
      },
    ];
  }
  if (answer?.status === 'out-of-time') {
    const message = `Whether ${who} answers could not be checked: the time was over. Next: check again with a longer --timeout.`;
    return [{ code: 'not-checked', record, message }];
  }
  // Vitess does not ask a tablet without a hostname.
  if (answer?.status !== 'silent' || (hostname === '' && !isPrimary)) return [];
  return [
    isPrimary
      ? {
          code: 'primary-silent',
          record,
          message:
            `The primary ${who} does not answer: ${sentence(answer.reason)} It learns of no denied table, and the operation fails or leaves both sides in between. ` +
            `Next: bring it back or reparent the shard first.`,
        }
      : {
          code: 'tablet-silent',
          record,
          message:
            `${who} (${type}) does not answer: ${sentence(answer.reason)} Vitess refreshes every tablet of the shard, and refuses the operation or rolls it back when one fails. ` +
            `Next: bring it back, or delete its record if it is gone for good (vtctldclient DeleteTablets ${alias}).`,
        },
  ];
}
