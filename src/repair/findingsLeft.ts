/** What is left of findings after a run. */
import { diagnosisInput, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { factsOf, isOfLock } from './verify.ts';

/** Those of `planned` that are still there, about one of their tables at least. */
export function findingsLeft(planned: readonly Finding[], now: readonly Finding[]): Finding[] {
  const facts = new Set(now.flatMap(factsOf));
  return planned.filter((finding) => factsOf(finding).some((fact) => facts.has(fact)));
}

/** Errors about what the plan touched that are there `now` and were not before: an outage may have changed its kind. */
export function newErrors(
  { keyspaces, tables, cells }: Plan,
  before: DiagnosedTopology,
  now: DiagnosedTopology,
): Finding[] {
  const known = new Set(before.findings.flatMap(factsOf));
  return now.findings
    .filter((finding) => finding.severity === 'error' && finding.code !== 'record-unreadable' && !isOfLock(finding))
    .filter((finding) => factsOf(finding).some((fact) => !known.has(fact)))
    .filter(
      (finding) =>
        keyspaces.includes(finding.keyspace ?? '') ||
        cells.includes(finding.cell ?? '') ||
        finding.tables.some((table) => tables.includes(table)),
    );
}

/** What `now` could not read that could be read before: what depends on it is not verified. */
export function newlyUnread(before: DiagnosedTopology, now: DiagnosedTopology): string[] {
  const known = new Set(unread(before));
  return unread(now).filter((name) => !known.has(name));
}

/** The pairs of shards that accept the same table on both sides of a move: `corder in customer/-80 and commerce/0`. */
export function bothOpen(snapshot: Snapshot): string[] {
  return diagnosisInput(snapshot).sides.flatMap(({ table, servingShards, denied, open, mayBeOpen }) => {
    if (mayBeOpen) return [];
    const serving = servingShards.filter((shard) => !denied.includes(shard));
    return serving.flatMap((a) => open.map((b) => `${table} in ${a.keyspace}/${a.name} and ${b.keyspace}/${b.name}`));
  });
}

/** A finding in a few words: `serving-side-denied in keyspaces/customer/shards/-80/Shard`. */
export function findingWords(finding: Finding): string {
  return `${finding.code} in ${nameOf(finding)}`;
}

function unread({ findings }: DiagnosedTopology): string[] {
  return findings.filter(({ code }) => code === 'record-unreadable').map(nameOf);
}

function nameOf({ places: [first] }: Finding): string {
  return recordName(first.record);
}
