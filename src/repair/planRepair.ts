/** Plans a repair: what is written, in which order, and what is refused. Pure: the same topology gives the same plan. */
import { vtctldclientCommands } from '../diagnose/vtctldclientCommands.ts';
import type { Finding } from '../model/finding.ts';
import { type LockToRelease, type Plan, type PlanResult, type PlanStep, type RepairRequest } from '../model/plan.ts';
import { count } from '../model/words.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { planGuards } from './guards.ts';
import { orderChanges } from './orderChanges.ts';
import { lockPaths } from './planLocks.ts';
import { defaultReason } from './refusalWords.ts';
import { repairContext, type JudgedTopology, type PlanOptions, type RepairContext } from './repairContext.ts';
import { draftRepair, type DraftedRepair } from './repairDraft.ts';
import { findingsInScope } from './scope.ts';
import { isOfLock, outcomeOf } from './verify.ts';

/** Plans the repair of everything in the request's scope; what cannot be repaired is refused with a reason. */
export function planRepair(request: RepairRequest, topology: JudgedTopology, options: PlanOptions = {}): PlanResult {
  const context = repairContext(request, topology, options);
  const scoped = findingsInScope(context);
  return attempt(context, scoped, new Map());
}

/** A repair that would leave a new finding is not planned: what may cause it is left out, and the rest planned again. */
function attempt(
  context: RepairContext,
  scoped: readonly Finding[],
  excluded: ReadonlyMap<Finding, string>,
): PlanResult {
  const drafted = draftRepair(context, scoped, excluded);
  const paths = lockPaths(context.snapshot, drafted.locks);
  const asked = scoped.filter(({ code }) => code === 'abandoned-lock').map(({ places: [{ record }] }) => record);
  const releases = context.locks.toRelease(paths, asked);
  const outcome = outcomeOf(
    context.diagnosed,
    drafted.draft.topology(),
    releases.map(({ record }) => record),
  );
  const [added] = outcome.added;
  if (added !== undefined) {
    const blamed = blame(scoped, drafted, added);
    if (blamed.length > 0) {
      const reason = `The repair would leave another finding: ${added.message}`;
      return attempt(
        context,
        scoped,
        new Map([...excluded, ...blamed.map((finding): [Finding, string] => [finding, reason])]),
      );
    }
  }
  const plan = planOf(context, { drafted, paths, releases, removed: outcome.removed });
  const removed = new Set(plan?.findings);
  return {
    plan,
    refusals: scoped
      .filter((finding) => !removed.has(finding))
      .map((finding) => ({
        finding,
        reason: drafted.reasons.get(finding) ?? defaultReason(finding),
        commands: vtctldclientCommands(finding, context.diagnosed),
      })),
  };
}

/** What may cause a new finding. Removed rules are the first suspects, for what they were for is not known; then what is of the same tables. */
function blame(scoped: readonly Finding[], { reasons }: DraftedRepair, added: Finding): Finding[] {
  const tried = scoped.filter((finding) => !reasons.has(finding) && !isOfLock(finding));
  const rules = tried.filter(({ code }) => code === 'dangling-rule');
  const related = (findings: readonly Finding[]): Finding[] =>
    findings.filter(({ tables }) => tables.some((table) => added.tables.includes(table)));
  return [related(rules), rules, related(tried), tried].find((suspects) => suspects.length > 0) ?? [];
}

interface PlanParts {
  readonly drafted: DraftedRepair;
  readonly paths: readonly string[];
  readonly releases: readonly LockToRelease[];
  readonly removed: readonly Finding[];
}

function planOf(
  { data, request, locks }: RepairContext,
  { drafted, paths, releases, removed }: PlanParts,
): Plan | undefined {
  const { draft, moves, confirm } = drafted;
  const steps: PlanStep[] = [...releaseStep(releases), ...orderChanges(draft.changes(), confirm, request.refresh)];
  if (steps.length === 0) return undefined;
  const plan = { purpose: { kind: 'repair', request }, revision: data.revision, findings: removed, steps } as const;
  const changes = steps.flatMap((step) => (step.kind === 'write' ? step.changes : []));
  const written = changes.flatMap(({ record }) => {
    const key = record.cell === undefined ? parseGlobalPath(record.path) : undefined;
    return key?.kind === 'Shard' ? [key.keyspace] : [];
  });
  const keyspaces = new Set([...drafted.keyspaces, ...written]);
  return {
    ...plan,
    locks: paths,
    guards: planGuards(data, drafted.rests, { keyspaces, writes: (record) => draft.writes(record) }),
    warnings: [...new Set([...drafted.warnings, ...locks.warnings(paths)])],
    keyspaces: sorted([
      ...keyspaces,
      ...(request.refresh ?? []).map(({ keyspace }) => keyspace),
      ...removed.flatMap(({ keyspace }) => keyspace ?? []),
    ]),
    tables: sorted([...moves.flatMap(({ tables }) => tables), ...removed.flatMap(({ tables }) => tables)]),
    cells: sorted(changes.flatMap(({ record }) => record.cell ?? [])),
  };
}

function releaseStep(locks: readonly LockToRelease[]): PlanStep[] {
  return locks.length === 0
    ? []
    : [{ kind: 'release-locks', title: `Release ${count(locks.length, 'abandoned lock')}`, locks }];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
