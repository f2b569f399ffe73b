/** What a command is asked to act on: a tree row, a lens or a Problem hands one over. */
import type { Finding, FindingCode } from '../model/finding.ts';
import type { JsonPath, RecordId } from '../model/record.ts';

/** Every part is optional: a command asks for what it needs and was not given. */
export interface TopologyTarget {
  /** The connection's name. */
  readonly connection?: string;
  readonly keyspace?: string;
  readonly shard?: string;
  readonly cell?: string;
  /** The move's id. */
  readonly move?: string;
  readonly record?: RecordId;
  /** The place in the record. */
  readonly path?: JsonPath;
  readonly finding?: Finding;
  /** A finding's code, where there is no finding at hand. */
  readonly code?: FindingCode;
  /** The id of a recorded run. */
  readonly run?: string;
}
