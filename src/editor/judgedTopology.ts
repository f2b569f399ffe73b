/** What notes on records are made from: a live topology, or a set of saved dumps, with its diagnosis. */
import type { UncheckedFinding } from '../diagnose/diagnoseDocuments.ts';
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import { recordName, type Place, type RecordId } from '../model/record.ts';
import type { Snapshot } from '../records/snapshot.ts';

export interface JudgedTopology {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly moves: readonly Move[];
  /** What missing dumps keep from being decided; empty for a live topology. */
  readonly unchecked: readonly UncheckedFinding[];
  /** Why nothing is known of a record; undefined when it is known. */
  readonly notGiven: (record: RecordId) => string | undefined;
}

/** A live topology as notes see it: what could not be read is not known. */
export function judgedLive(topology: DiagnosedTopology): JudgedTopology {
  const { snapshot, findings, moves } = topology;
  const unreadable = new Set(snapshot.unreadable.map(({ record }) => recordName(record)));
  const failedCells = new Set(snapshot.cells.filter(({ failure }) => failure !== undefined).map(({ name }) => name));
  return {
    snapshot,
    findings,
    moves,
    unchecked: [],
    notGiven: (record) => {
      const name = recordName(record);
      const failed = unreadable.has(name) || (record.cell !== undefined && failedCells.has(record.cell));
      return failed ? `${name} could not be read` : undefined;
    },
  };
}

/** A finding with what it says of one record. */
export interface FindingAtRecord {
  readonly finding: Finding;
  /** Its places in the record. */
  readonly places: readonly Place[];
  /** Places in the record that contradict places elsewhere. */
  readonly related: readonly Place[];
}

const indexes = new WeakMap<readonly Finding[], ReadonlyMap<string, readonly FindingAtRecord[]>>();

/** The findings that point into a record, worst first. */
export function findingsAt(
  { findings }: Pick<JudgedTopology, 'findings'>,
  record: RecordId,
): readonly FindingAtRecord[] {
  let index = indexes.get(findings);
  if (index === undefined) {
    index = indexFindings(findings);
    indexes.set(findings, index);
  }
  return index.get(recordName(record)) ?? [];
}

function indexFindings(findings: readonly Finding[]): Map<string, FindingAtRecord[]> {
  const index = new Map<string, FindingAtRecord[]>();
  for (const finding of findings) {
    const names = new Set([...finding.places, ...finding.related].map(({ record }) => recordName(record)));
    for (const name of names) {
      const here = ({ record }: Place): boolean => recordName(record) === name;
      const entry = { finding, places: finding.places.filter(here), related: finding.related.filter(here) };
      const known = index.get(name);
      if (known === undefined) index.set(name, [entry]);
      else known.push(entry);
    }
  }
  return index;
}
