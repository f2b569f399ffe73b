/** Findings: what a diagnosis says of a topology. Codes are public and never renamed. */
import type { Place } from './record.ts';

export const findingCodes = [
  'serving-side-denied',
  'other-side-not-denied',
  'both-sides-denied',
  'shards-disagree',
  'orphan-denied-tables',
  'stale-srv-vschema',
  'reads-differ-by-cell',
  'stale-srv-keyspace',
  'query-service-disabled',
  'split-routing',
  'dangling-rule',
  'abandoned-lock',
  'held-lock',
  'duplicate-control',
  'legacy-control',
  'stopped-not-frozen',
  'missing-streams',
  'status-differs',
  'record-unreadable',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** Error: the application fails or data can diverge now. Warning: a leftover that breaks a later operation. */
export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly keyspace?: string;
  readonly shard?: string;
  readonly cell?: string;
  /** Table names without keyspace, sorted; empty when the finding is of no table. */
  readonly tables: readonly string[];
  /** The id of the move that the finding is about, when it is about one. */
  readonly move?: string;
  /** Where the finding is; the first place's record is the finding's record. Never empty. */
  readonly places: readonly [Place, ...Place[]];
  /** The other records that contradict these places, each with a message. */
  readonly related: readonly Place[];
  /** What fails for the application right now and what to do next, in whole sentences. */
  readonly message: string;
  /** True when the records alone are enough to plan a repair. */
  readonly fixable: boolean;
}

/** The result of a diagnosis. */
export interface Diagnosis {
  /** False when some record or cell could not be read: what depends on it was not checked. */
  readonly complete: boolean;
  /** Worst first, then by record. */
  readonly findings: readonly Finding[];
}

const severityOrder: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Orders the worst severity first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severityOrder[a] - severityOrder[b];
}

/** The worst severity among findings; undefined when there are none. */
export function worstSeverity(findings: Iterable<Pick<Finding, 'severity'>>): Severity | undefined {
  let worst: Severity | undefined;
  for (const { severity } of findings) {
    if (worst === undefined || compareSeverity(severity, worst) < 0) worst = severity;
  }
  return worst;
}
