/** The order in which changes of records are written, so that no side opens before the other has confirmed that it is closed. */
import type { PlanStep, RecordChange, ShardName } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import { count, listWords } from '../model/words.ts';
import { primaryDenials } from '../diagnose/deniedTables.ts';
import { decode, encode } from '../records/decode.ts';
import { ShardSchema, type Shard } from '../records/gen/topodata_pb.js';
import { parseGlobalPath } from '../records/topoKey.ts';
import { changeDenials, hasEntry } from './denials.ts';
import { sameBytes } from './topologyRecords.ts';

/** What a record is to become. */
export interface DesiredChange extends RecordChange {
  /** Of a Shard record: why it denies more, where that is another reason than for the rest. */
  readonly denyWhy?: string;
}

/** A change with what it does to a shard's denied tables. */
interface JudgedChange {
  readonly change: DesiredChange;
  readonly shard: ShardName | undefined;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly current: Shard | undefined;
}

/**
 * The steps that bring records from what they are to what is desired. Before
 * anything is allowed, `mustDeny` confirm what they deny already or now; in the
 * end `unrefreshed` are refreshed too where no step did that yet.
 */
export function orderChanges(
  changes: readonly DesiredChange[],
  mustDeny: readonly ShardName[],
  unrefreshed: readonly ShardName[] = [],
): PlanStep[] {
  const judged = changes.map(judge).sort(compareChanges);
  const deny = judged.filter(({ added }) => added.length > 0).map(denyChange);
  const denied = new Map(deny.map((change) => [keyOf(change.record), change.after]));
  const allow = judged
    .map(({ change }): RecordChange => {
      const { record, before, after, modRevision, why } = change;
      return {
        record,
        before: denied.has(keyOf(record)) ? denied.get(keyOf(record)) : before,
        after,
        modRevision,
        why,
      };
    })
    .filter(({ before, after }) => !sameBytes(before, after));
  const opened = shardsOf(judged.filter(({ removed }) => removed.length > 0));
  const closed = shardsOf(judged.filter(({ added }) => added.length > 0));
  const confirm = uniqueShards([...closed, ...(allow.length === 0 ? [] : mustDeny)]);
  const refreshed = new Set(confirm.map(shardKey));
  const refresh = uniqueShards([...opened, ...unrefreshed.filter((shard) => !refreshed.has(shardKey(shard)))]);
  const steps: (PlanStep | undefined)[] = [
    deny.length === 0
      ? undefined
      : { kind: 'write', phase: 'deny', title: titleOf('Deny tables', deny), changes: deny },
    confirm.length === 0
      ? undefined
      : {
          kind: 'refresh',
          purpose: 'confirm-deny',
          title: refreshTitle('Confirm what is denied', confirm),
          shards: confirm,
        },
    allow.length === 0
      ? undefined
      : {
          kind: 'write',
          phase: 'allow',
          title: titleOf(opened.length > 0 ? 'Allow tables' : 'Write', allow),
          changes: allow,
        },
    refresh.length === 0
      ? undefined
      : {
          kind: 'refresh',
          purpose: 'apply-allow',
          title: refreshTitle(opened.length > 0 ? 'Apply what is allowed' : 'Refresh tablets', refresh),
          shards: refresh,
        },
  ];
  return steps.filter((step) => step !== undefined);
}

function judge(change: DesiredChange): JudgedChange {
  const key = change.record.cell === undefined ? parseGlobalPath(change.record.path) : undefined;
  const [current, desired] = [shardIn(change.before), shardIn(change.after)];
  if (key?.kind !== 'Shard' || current === undefined || desired === undefined) {
    return { change, shard: undefined, added: [], removed: [], current: undefined };
  }
  return {
    change,
    shard: { keyspace: key.keyspace, shard: key.shard },
    added: missingIn(current, desired),
    removed: missingIn(desired, current),
    current,
  };
}

/** The entries of `from` that `shard` does not deny. */
function missingIn(shard: Shard, from: Shard): string[] {
  return primaryDenials(from)
    .map(({ entry }) => entry)
    .filter((entry) => !hasEntry(shard, entry));
}

function shardIn(bytes: Uint8Array | undefined): Shard | undefined {
  if (bytes === undefined) return undefined;
  const reading = decode(ShardSchema, bytes);
  return reading.status === 'loaded' ? reading.value : undefined;
}

/** Only adds: where the desired record opens nothing it is written as it is, else the current one with what is added. */
function denyChange({ change, added, removed, current }: JudgedChange): RecordChange {
  const { denyWhy, ...plain } = change;
  const why = denyWhy === undefined || denyWhy === '' ? change.why : denyWhy;
  if (removed.length === 0 || current === undefined)
    return { ...plain, why: [why, why === change.why ? '' : change.why].filter(Boolean).join('; ') };
  changeDenials(current, { deny: added });
  return { ...plain, after: encode(ShardSchema, current), why };
}

const kindOrder = ['Shard', 'Rules', 'Cell'] as const;

/** Shard records first, then rules, then what each cell serves by. */
function compareChanges({ change: { record: a } }: JudgedChange, { change: { record: b } }: JudgedChange): number {
  return kindOrder.indexOf(kindOf(a)) - kindOrder.indexOf(kindOf(b)) || compareText(keyOf(a), keyOf(b));
}

function kindOf(record: RecordId): (typeof kindOrder)[number] {
  if (record.cell !== undefined) return 'Cell';
  return parseGlobalPath(record.path).kind === 'Shard' ? 'Shard' : 'Rules';
}

function keyOf({ cell = '', path }: RecordId): string {
  return `${cell}/${path}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shardsOf(changes: readonly JudgedChange[]): ShardName[] {
  return changes.flatMap(({ shard }) => shard ?? []);
}

function uniqueShards(shards: readonly ShardName[]): ShardName[] {
  const named = new Map(shards.map((one) => [shardKey(one), one]));
  return [...named].sort(([a], [b]) => compareText(a, b)).map(([, shard]) => shard);
}

function titleOf(what: string, changes: readonly RecordChange[]): string {
  return `${what}: ${count(changes.length, 'record')}`;
}

function refreshTitle(what: string, shards: readonly ShardName[]): string {
  return `${what} on ${listWords(shards.map(shardKey))}`;
}

function shardKey({ keyspace, shard }: ShardName): string {
  return `${keyspace}/${shard}`;
}
