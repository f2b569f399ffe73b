/** Whether a plan that was made again is the one that the operator saw. */
import { groupBy } from '../model/groupBy.ts';
import type { Plan, PlanGuard, PlanStep, RecordChange } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { sameBytes } from './topologyRecords.ts';
import { shardsPrefix } from './transactions.ts';

export type WorkStep = Exclude<PlanStep, { kind: 'release-locks' }>;

/** The steps that change records and tablets: what is left of a plan once its abandoned locks are released. */
export function workSteps(plan: Plan | undefined): WorkStep[] {
  return (plan?.steps ?? []).filter((step) => step.kind !== 'release-locks');
}

/**
 * What is not as in the preview, by record names, locked paths and shards,
 * sorted; empty when both plans do the same on the same grounds. `now` is
 * undefined when nothing is left to repair.
 */
export function planDifferences(preview: Plan, now: Plan | undefined): string[] {
  const moved = [
    ...changedKeys(changesOf(preview), changesOf(now), sameChange),
    ...changedKeys(guardsOf(preview), guardsOf(now), (a, b) => revisionOf(a) === revisionOf(b)),
    ...changedKeys(namesOf(preview.locks), namesOf(now?.locks ?? []), () => true).map((path) => `the lock on ${path}`),
  ];
  if (moved.length === 0 && !sameOrder(workSteps(preview), workSteps(now))) moved.push('the order of the steps');
  return [...new Set(moved)].sort();
}

function changedKeys<T>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
  same: (a: T, b: T) => boolean,
): string[] {
  const keys = new Set([...before.keys(), ...now.keys()]);
  return [...keys].filter((key) => {
    const [a, b] = [before.get(key), now.get(key)];
    return a === undefined || b === undefined || !same(a, b);
  });
}

/** The changes of a plan by record: a Shard record may be written twice. */
function changesOf(plan: Plan | undefined): Map<string, readonly RecordChange[]> {
  const changes = workSteps(plan).flatMap((step) => (step.kind === 'write' ? step.changes : []));
  return groupBy(changes, ({ record }) => recordName(record));
}

function sameChange(a: readonly RecordChange[], b: readonly RecordChange[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => sameBytes(one.before, b[index]?.before) && sameBytes(one.after, b[index]?.after))
  );
}

function guardsOf(plan: Plan | undefined): Map<string, PlanGuard> {
  return new Map((plan?.guards ?? []).map((guard) => [guardName(guard), guard]));
}

function guardName(guard: PlanGuard): string {
  return guard.kind === 'record' ? recordName(guard.record) : shardsPrefix(guard.keyspace);
}

function revisionOf(guard: PlanGuard): string {
  return guard.kind === 'record' ? guard.modRevision : '';
}

function namesOf(names: readonly string[]): Map<string, true> {
  return new Map(names.map((name) => [name, true]));
}

function sameOrder(a: readonly WorkStep[], b: readonly WorkStep[]): boolean {
  return JSON.stringify(a.map(outline)) === JSON.stringify(b.map(outline));
}

function outline(step: WorkStep): unknown {
  switch (step.kind) {
    case 'write':
      return [step.phase, step.changes.map(({ record }) => recordName(record))];
    case 'refresh':
      return [step.purpose, step.shards.map(({ keyspace, shard }) => `${keyspace}/${shard}`)];
  }
}
