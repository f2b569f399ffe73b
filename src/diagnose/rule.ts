import type { Finding } from '../model/finding.ts';
import type { Move } from '../model/move.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { RoutingTable } from './routing.ts';
import type { TableSides } from './sides.ts';

/** What every rule looks at. */
export interface DiagnosisInput {
  readonly snapshot: Snapshot;
  /** The global RoutingRules; empty when they are absent or could not be read. */
  readonly routing: RoutingTable;
  /** The routing rules of each cell's SrvVSchema; empty when that is absent, without an entry when it could not be read. */
  readonly cellRouting: ReadonlyMap<string, RoutingTable>;
  readonly moves: readonly Move[];
  /** The sides of every table of the moves that denied tables guard. */
  readonly sides: readonly TableSides[];
}

/**
 * One rule of the diagnosis. It judges only what could be read: a failed record
 * is reported by the rule `record-unreadable`, which makes the diagnosis incomplete.
 */
export type Rule = (input: DiagnosisInput) => Finding[];
