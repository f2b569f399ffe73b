/** The strict form of a plan in a run's file. */
import { findingCodes, type Finding } from '../model/finding.ts';
import type {
  LockToRelease,
  Plan,
  PlanGuard,
  PlanPurpose,
  PlanStep,
  RecordChange,
  RepairDirection,
  RepairRequest,
  RepairScope,
  ShardName,
} from '../model/plan.ts';
import type { Place, RecordId } from '../model/record.ts';
import {
  anything,
  list,
  literal,
  Mismatch,
  natural,
  object,
  orNull,
  revision,
  text,
  truth,
  variant,
} from './checks.ts';
import type { Check } from './checks.ts';

/** A record's bytes: base64, and beside it JSON for people, which nothing reads. */
export interface StoredBytes {
  readonly base64: string;
  readonly json?: unknown;
}

const storedBytes = object<StoredBytes>({ base64: text, json: anything }, ['json']);

const bytes: Check<Uint8Array> = (value, at) => {
  const { base64 } = storedBytes(value, at);
  const decoded = Buffer.from(base64, 'base64');
  if (decoded.toString('base64') !== base64) throw new Mismatch(`${at}.base64 is not base64`);
  return new Uint8Array(decoded);
};

const record = object<RecordId>({ cell: text, path: text }, ['cell']);
const shardName = object<ShardName>({ keyspace: text, shard: text });

const change = object<RecordChange>({
  record,
  before: orNull(bytes),
  after: orNull(bytes),
  modRevision: revision,
  why: text,
});

const lock = object<LockToRelease>({
  record,
  lockedPath: text,
  holder: text,
  evidence: text,
  modRevision: revision,
  leaseId: orNull(revision),
});

type Step<K extends PlanStep['kind']> = Extract<PlanStep, { kind: K }>;

const step = variant<PlanStep>('kind', {
  'release-locks': object<Step<'release-locks'>>({ kind: literal('release-locks'), title: text, locks: list(lock) }),
  write: object<Step<'write'>>({
    kind: literal('write'),
    phase: literal('deny', 'allow'),
    title: text,
    changes: list(change),
  }),
  refresh: object<Step<'refresh'>>({
    kind: literal('refresh'),
    purpose: literal('confirm-deny', 'apply-allow'),
    title: text,
    shards: list(shardName),
  }),
});

const guard = variant<PlanGuard>('kind', {
  record: object<Extract<PlanGuard, { kind: 'record' }>>({ kind: literal('record'), record, modRevision: revision }),
  shards: object<Extract<PlanGuard, { kind: 'shards' }>>({ kind: literal('shards'), keyspace: text }),
});

const jsonStep: Check<string | number> = (value, at) => (typeof value === 'string' ? value : natural(value, at));
const place = object<Place>({ record, path: list(jsonStep), message: text }, ['message']);

const places: Check<Finding['places']> = (value, at) => {
  const [first, ...rest] = list(place)(value, at);
  if (first === undefined) throw new Mismatch(`${at} is empty`);
  return [first, ...rest];
};

const finding = object<Finding>(
  {
    code: literal(...findingCodes),
    severity: literal('error', 'warning', 'info'),
    keyspace: text,
    shard: text,
    cell: text,
    tables: list(text),
    move: text,
    places,
    related: list(place),
    message: text,
    fixable: truth,
  },
  ['keyspace', 'shard', 'cell', 'move'],
);

type Scope<K extends RepairScope['kind']> = Extract<RepairScope, { kind: K }>;

const request = object<RepairRequest>(
  {
    scope: variant<RepairScope>('kind', {
      all: object<Scope<'all'>>({ kind: literal('all') }),
      keyspace: object<Scope<'keyspace'>>({ kind: literal('keyspace'), keyspace: text }),
      move: object<Scope<'move'>>({ kind: literal('move'), move: text }),
      finding: object<Scope<'finding'>>({ kind: literal('finding'), code: literal(...findingCodes), record: text }),
    }),
    direction: variant<RepairDirection>('kind', {
      'follow-routing': object<Extract<RepairDirection, { kind: 'follow-routing' }>>({
        kind: literal('follow-routing'),
      }),
      'serve-from': object<Extract<RepairDirection, { kind: 'serve-from' }>>({
        kind: literal('serve-from'),
        keyspace: text,
      }),
    }),
    followReads: truth,
    refresh: list(shardName),
  },
  ['refresh'],
);

const purpose = variant<PlanPurpose>('kind', {
  repair: object<Extract<PlanPurpose, { kind: 'repair' }>>({ kind: literal('repair'), request }),
  undo: object<Extract<PlanPurpose, { kind: 'undo' }>>({ kind: literal('undo'), run: text }),
});

export const checkPlan: Check<Plan> = object<Plan>({
  purpose,
  revision: orNull(revision),
  findings: list(finding),
  locks: list(text),
  guards: list(guard),
  steps: list(step),
  warnings: list(text),
  keyspaces: list(text),
  tables: list(text),
  cells: list(text),
});
