import { groupBy } from '../model/groupBy.ts';
import { compareSeverity, findingCodes, type Diagnosis, type Finding } from '../model/finding.ts';
import type { Move, TrafficCell } from '../model/move.ts';
import { loadedValue } from '../model/reading.ts';
import { recordName } from '../model/record.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { findMoves } from './moves.ts';
import { routingTable } from './routing.ts';
import type { DiagnosisInput } from './rule.ts';
import { rules } from './rules.ts';
import { tableSides } from './sides.ts';
import { trafficMatrix } from './trafficMatrix.ts';
import { trafficState } from './trafficState.ts';

/** A move with what the diagnosis says of it. */
export interface DiagnosedMove extends Move {
  readonly trafficState: string;
  readonly matrix: readonly TrafficCell[];
  /** The findings about this move, worst first. */
  readonly findings: readonly Finding[];
}

export interface DiagnosedTopology extends Diagnosis {
  readonly snapshot: Snapshot;
  readonly moves: readonly DiagnosedMove[];
}

/** Diagnoses a whole topology. Pure: the same snapshot gives the same result. */
export function diagnose(snapshot: Snapshot): DiagnosedTopology {
  const input = diagnosisInput(snapshot);
  const findings = rules.flatMap((rule) => rule(input)).sort(compareFindings);
  const byMove = groupBy(findings, ({ move }) => move);
  return {
    snapshot,
    complete: !findings.some(({ code }) => code === 'record-unreadable') && isToldEverything(snapshot),
    findings,
    moves: input.moves.map((move) => ({
      ...move,
      trafficState: trafficState(input, move),
      matrix: trafficMatrix(input, move),
      findings: byMove.get(move.id) ?? [],
    })),
  };
}

/** False when somebody was asked for workflows and did not tell them all. */
function isToldEverything({ workflows: { asked } }: Snapshot): boolean {
  return asked === undefined || asked.unread.length === 0;
}

/** What the rules look at, told from a snapshot. */
export function diagnosisInput(snapshot: Snapshot): DiagnosisInput {
  const routing = routingTable(loadedValue(snapshot.routingRules));
  const moves = findMoves(snapshot, routing);
  const cellRouting = new Map(
    snapshot.cells
      .filter(({ srvVSchema }) => srvVSchema.status !== 'failed')
      .map(({ name, srvVSchema }) => [name, routingTable(loadedValue(srvVSchema)?.routingRules)]),
  );
  return { snapshot, routing, cellRouting, moves, sides: tableSides({ snapshot, routing, moves }) };
}

/** Worst first; among equals the codes in the order of `findingCodes`, then by record. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    findingCodes.indexOf(a.code) - findingCodes.indexOf(b.code) ||
    compareText(placeName(a), placeName(b))
  );
}

function placeName({ places: [first] }: Finding): string {
  return recordName(first.record);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
