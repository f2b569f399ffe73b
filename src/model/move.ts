/** A MoveTables move: some tables on their way from one keyspace to another. */
import { isReverseWorkflow, partnerWorkflowName } from './workflow.ts';

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

/** Who serves: a keyspace, nobody that a rule names, or unknown because the SrvVSchema could not be read. */
export type ServedBy =
  | { readonly kind: 'keyspace'; readonly keyspace: string }
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'not-checked' };

/** Where one table's traffic of one type goes, by one cell's SrvVSchema. */
export interface TrafficCell {
  readonly table: string;
  readonly type: TabletTypeName;
  readonly cell: string;
  readonly servedBy: ServedBy;
}

/** Who serves in words: the keyspace as `name` gives it, else `no rule` or the words for what was not checked. */
export function servedByWords(
  servedBy: ServedBy,
  notChecked: string,
  name: (keyspace: string) => string = (keyspace) => keyspace,
): string {
  switch (servedBy.kind) {
    case 'keyspace':
      return name(servedBy.keyspace);
    case 'no-rule':
      return 'no rule';
    case 'not-checked':
      return notChecked;
  }
}

/** A move's name for people: its workflow, or what is inferred. */
export function moveTitle(move: Pick<Move, 'workflows' | 'source' | 'target'>): string {
  return move.workflows[0] ?? `${move.source} → ${move.target}`;
}

/** The forward workflow of a move, by the names that are known of the pair; undefined when none is, or several are. */
export function forwardWorkflow({
  workflows,
  target,
}: Pick<Move, 'workflows' | 'target'>): { readonly keyspace: string; readonly name: string } | undefined {
  const names = new Set(
    workflows.map((qualified) => {
      const name = qualified.slice(qualified.indexOf('.') + 1);
      return isReverseWorkflow(name) ? partnerWorkflowName(name) : name;
    }),
  );
  const [name, ...others] = names;
  return name === undefined || others.length > 0 ? undefined : { keyspace: target, name };
}
