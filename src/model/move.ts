/** A MoveTables move: some tables on their way from one keyspace to another. */

export const tabletTypes = ['primary', 'replica', 'rdonly'] as const;
/** The tablet types that traffic is switched for. */
export type TabletTypeName = (typeof tabletTypes)[number];

/**
 * Standard: denied tables and table routing rules. Partial: shard by shard, by
 * ShardRoutingRules. Multi-tenant: by KeyspaceRoutingRules, without denied tables.
 */
export type MoveKind = 'standard' | 'partial' | 'multi-tenant';

export interface Move {
  /** Stable across reads of the same topology. */
  readonly id: string;
  readonly kind: MoveKind;
  /** Where the tables come from, as the move was created; a reverse does not swap it. */
  readonly source: string;
  readonly target: string;
  /** Table names, sorted; of a workflow whose tables are known, in its own order. Empty for a multi-tenant move. */
  readonly tables: readonly string[];
  /** Known when a dump or vtctld names the workflow; otherwise source and target are told from the records. */
  readonly direction: 'known' | 'inferred';
  /** `keyspace.workflow` of each known workflow of the pair, forward first. */
  readonly workflows: readonly string[];
  /** The shards that ShardRoutingRules name; partial moves only. */
  readonly shards: readonly string[];
  /** True when MirrorRules copy some of its reads to the target. */
  readonly mirrored: boolean;
}

/** Where one table's traffic of one type goes, by one cell's SrvVSchema. */
export interface TrafficCell {
  readonly table: string;
  readonly type: TabletTypeName;
  readonly cell: string;
  /** The keyspace that serves; undefined when no rule says, 'not-checked' when the record could not be read. */
  readonly servedBy: string | undefined;
}

/** A move's name for people: its workflow, or what is inferred. */
export function moveTitle(move: Pick<Move, 'workflows' | 'source' | 'target'>): string {
  return move.workflows[0] ?? `${move.source} → ${move.target}`;
}
