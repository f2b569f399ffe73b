import type { Finding, FindingCode } from './finding.ts';
import { lockTarget } from './lock.ts';
import { recordName } from './record.ts';
import { listWords } from './words.ts';

const titles: Record<FindingCode, (finding: Finding) => string> = {
  'serving-side-denied': (finding) => `${shardName(finding)} denies ${tables(finding)}, which it serves`,
  'other-side-not-denied': (finding) => `${shardName(finding)} does not deny ${tables(finding)}`,
  'both-sides-denied': (finding) => `Both sides deny ${tables(finding)}`,
  'shards-disagree': (finding) => `Shards of ${finding.keyspace ?? '?'} disagree on ${tables(finding)}`,
  'orphan-denied-tables': (finding) => `${shardName(finding)} denies ${tables(finding)}, which no rule routes`,
  'stale-srv-vschema': (finding) => `SrvVSchema of ${finding.cell ?? '?'} is stale`,
  'reads-differ-by-cell': (finding) => `${finding.cell ?? '?'} keeps the earlier reads of ${tables(finding)}`,
  'stale-srv-keyspace': ({ cell, keyspace }) => `SrvKeyspace of ${keyspace ?? '?'} in ${cell ?? '?'} is stale`,
  'query-service-disabled': (finding) => `Query service of ${shardName(finding)} is off in ${finding.cell ?? '?'}`,
  'split-routing': (finding) => `Rules split ${tables(finding)} over two keyspaces`,
  'dangling-rule': (finding) =>
    finding.tables.length > 0 ? `Rules of ${tables(finding)} point to nothing` : 'A rule points to nothing',
  'abandoned-lock': (finding) => `Abandoned lock on ${lockedName(finding)}`,
  'held-lock': (finding) => `Lock on ${lockedName(finding)}`,
  'duplicate-control': (finding) => `${shardName(finding)} has two controls of one type`,
  'legacy-control': (finding) => `${shardName(finding)} denies reads of ${tables(finding)}`,
  'stopped-not-frozen': (finding) => `Streams of ${finding.move ?? 'the move'} are stopped, not FROZEN`,
  'missing-streams': (finding) =>
    finding.severity === 'error'
      ? `No workflow moves ${tables(finding)}`
      : `The forward workflow of ${finding.move ?? 'the move'} is missing`,
  'status-differs': (finding) => `vtctld tells another traffic state of ${finding.move ?? 'the move'}`,
  'record-unreadable': (finding) => `Could not check ${unreadableName(finding)}`,
};

/** A finding in one short line; its message says the rest. */
export function findingTitle(finding: Finding): string {
  return titles[finding.code](finding);
}

/** What a lock is on, in words: `workflow customer.commerce2customer`, `keyspace customer`. */
export function lockedWords(lockedPath: string): string {
  const target = lockTarget(lockedPath);
  switch (target.kind) {
    case 'keyspace':
      return `keyspace ${target.keyspace}`;
    case 'shard':
      return `shard ${target.keyspace}/${target.shard}`;
    case 'workflow':
      return `workflow ${target.keyspace}.${target.workflow}`;
    case 'other':
      return lockedPath;
  }
}

/** `customer/-80`; the keyspace alone for a finding of no shard. */
export function shardName({ keyspace, shard }: Finding): string {
  return shard === undefined ? (keyspace ?? '?') : `${keyspace ?? '?'}/${shard}`;
}

function tables(finding: Finding): string {
  return listWords(finding.tables, 3);
}

/** What the lock of a finding is on, in words. */
export function lockedName({ places: [{ record }] }: Finding): string {
  return lockedWords(record.path.replace(/\/locks\/[^/]*$/, ''));
}

function unreadableName({ cell, places: [{ record }] }: Finding): string {
  return cell !== undefined && record.cell === undefined ? `cell ${cell}` : recordName(record);
}
