/**
 * Diagnoses saved dumps. The rules run as over a whole topology; a finding that
 * a record which no dump gives could explain away is not reported but listed as
 * not checked, with the dump that would decide it.
 */
import type { Finding } from '../model/finding.ts';
import { loadedValue } from '../model/reading.ts';
import { recordName } from '../model/record.ts';
import type { DocumentSet } from '../records/documentSet.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { diagnose, type DiagnosedTopology } from './diagnose.ts';
import { doubtOf } from './documentDoubts.ts';
import { RoutingTable } from './routing.ts';

/** What would be a finding if the dumps that are missing say nothing else. */
export interface UncheckedFinding {
  readonly finding: Finding;
  /** Which dump would decide it. */
  readonly reason: string;
}

export interface DiagnosedDocuments extends DiagnosedTopology {
  readonly unchecked: readonly UncheckedFinding[];
}

/** Diagnoses a set of dumps. Pure: the same set gives the same result. */
export function diagnoseDocuments(set: DocumentSet): DiagnosedDocuments {
  const diagnosed = diagnose(set.snapshot);
  const routing = new RoutingTable(loadedValue(set.snapshot.routingRules));
  const unchecked: UncheckedFinding[] = [];
  const findings = diagnosed.findings.flatMap((finding) => {
    const move = diagnosed.moves.find(({ id }) => id === finding.move);
    const reason = doubtOf({ finding, move, set, routing });
    if (reason === undefined) return [inWordsOfDumps(finding, set.snapshot)];
    unchecked.push({ finding, reason });
    return [];
  });
  return {
    ...diagnosed,
    findings,
    moves: diagnosed.moves.map((move) => ({ ...move, findings: findings.filter(({ move: id }) => id === move.id) })),
    unchecked,
  };
}

/** The rule speaks of a record's bytes in the topology; here the dump is what could not be read. */
function inWordsOfDumps(finding: Finding, snapshot: Snapshot): Finding {
  if (finding.code !== 'record-unreadable') return finding;
  const name = recordName(finding.places[0].record);
  const reason = snapshot.unreadable.find(({ record }) => recordName(record) === name)?.reason ?? '';
  return {
    ...finding,
    message: `${name} could not be read from this dump: ${reason}. Everything that depends on it is not checked. Next: make the dump again.`,
  };
}
