/** Plans taking back what a recorded run wrote. Pure: the same run and topology give the same plan. */
import type { Plan, PlanStep, ShardName } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { planGuards } from './guards.ts';
import { orderChanges, type DesiredChange } from './orderChanges.ts';
import { LockState } from './planLocks.ts';
import type { RunRecord } from './ports.ts';
import type { JudgedTopology, PlanOptions } from './repairContext.ts';
import { recordOf, revisionOf, sameBytes } from './topologyRecords.ts';

/** The plan of an undo, or why there is none, in whole sentences. */
export type UndoResult = { readonly plan: Plan } | { readonly refusal: string };

/** A record that the run wrote or was to write: as it was before, and as its steps left it. */
interface WrittenRecord {
  readonly record: RecordId;
  readonly before: Uint8Array | undefined;
  readonly afters: readonly (Uint8Array | undefined)[];
}

/**
 * Restores every record that the run changed to its bytes before it, in the
 * same order as a repair: what is to be denied again first. Refused as a whole
 * when a record has become something else since.
 */
export function planUndo(
  run: RunRecord,
  { data, diagnosed }: JudgedTopology,
  { ownLocks }: PlanOptions = {},
): UndoResult {
  const unread = data.cells.filter(({ status }) => status === 'failed').map(({ cell }) => cell);
  const written = writtenRecords(run);
  const inUnread = written.filter(({ record }) => record.cell !== undefined && unread.includes(record.cell));
  if (inUnread.length > 0) return { refusal: `${names(inUnread)} could not be read, and this run changed it.` };
  const current = (record: RecordId): Uint8Array | undefined => recordOf(data, record)?.value;
  const changed = written.filter(({ record, before }) => !sameBytes(current(record), before));
  const foreign = changed.filter(({ record, afters }) => !afters.some((after) => sameBytes(current(record), after)));
  if (foreign.length > 0) {
    return {
      refusal: `${names(foreign)} changed since this run wrote it. Nothing is undone: diagnose, and repair what is found.`,
    };
  }
  if (changed.length === 0) return { refusal: 'Nothing to undo: every record is as it was before this run.' };
  const locks = new LockState(diagnosed.snapshot, diagnosed.moves, ownLocks);
  const held = locks.refusal(run.plan.locks);
  if (held !== undefined) return { refusal: held };
  const changes = changed.map(({ record, before }): DesiredChange => ({
    record,
    before: current(record),
    after: before,
    modRevision: revisionOf(data, record),
    why: 'is restored to what it was before the run',
  }));
  return { plan: undoPlan(run, { data, changes, locks }) };
}

interface UndoParts {
  readonly data: JudgedTopology['data'];
  readonly changes: readonly DesiredChange[];
  readonly locks: LockState;
}

function undoPlan(
  { id, plan: { locks: paths, steps: done, keyspaces, tables } }: RunRecord,
  { data, changes, locks }: UndoParts,
): Plan {
  const releases = locks.toRelease(paths, []);
  const release: PlanStep[] =
    releases.length === 0 ? [] : [{ kind: 'release-locks', title: 'Release abandoned locks', locks: releases }];
  const shards = changes.flatMap(({ record }) => {
    const key = record.cell === undefined ? parseGlobalPath(record.path) : undefined;
    return key?.kind === 'Shard' ? [key.keyspace] : [];
  });
  return {
    purpose: { kind: 'undo', run: id },
    revision: data.revision,
    findings: [],
    locks: paths,
    guards: planGuards(data, [], { keyspaces: shards, writes: () => false }),
    steps: [...release, ...orderChanges(changes, openedBy(done))],
    warnings: ['This restores what the run found, with what was wrong then.', ...locks.warnings(paths)],
    keyspaces,
    tables,
    cells: [...new Set(changes.flatMap(({ record }) => record.cell ?? []))].sort(),
  };
}

/** The shards that the run opened: their tablets must know that they deny again before the other side opens. */
function openedBy(steps: readonly PlanStep[]): ShardName[] {
  return steps.flatMap((step) => (step.kind === 'refresh' && step.purpose === 'apply-allow' ? step.shards : []));
}

/** The records of a run's plan, each with every value that the steps which were begun may have given it. */
function writtenRecords({ plan, steps }: RunRecord): WrittenRecord[] {
  const idle = new Set(
    steps.filter(({ status }) => status === 'waiting' || status === 'skipped').map(({ title }) => title),
  );
  const byName = new Map<string, WrittenRecord>();
  for (const step of plan.steps) {
    if (step.kind !== 'write') continue;
    for (const { record, before, after } of step.changes) {
      const known = byName.get(recordName(record));
      byName.set(recordName(record), {
        record,
        before: known === undefined ? before : known.before,
        afters: [...(known?.afters ?? []), ...(idle.has(step.title) ? [] : [after])],
      });
    }
  }
  return [...byName.values()];
}

function names(records: readonly { readonly record: RecordId }[]): string {
  return listWords(records.map(({ record }) => recordName(record)));
}
