/** A repair plan: what would be written, in which order, and why. Pure data; nothing here writes. */
import type { RecordId } from './record.ts';

/**
 * Which side must serve. `follow-routing`: the one that the primary routing rules
 * name now, where the writes made since are. `serve-from`: the named keyspace,
 * rules and denied tables together.
 */
export type Direction =
  { readonly kind: 'follow-routing' } | { readonly kind: 'serve-from'; readonly keyspace: string };

/** One record before and after; undefined bytes stand for a record that does not exist. */
export interface RecordChange {
  readonly record: RecordId;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
  /** Why, as a clause: `deny corder and customer, which the routing rules send to customer`. */
  readonly why: string;
}

/** Tablets of a shard that must read their Shard record again. */
export interface ShardName {
  readonly keyspace: string;
  readonly shard: string;
}

/**
 * One step. A `write` step is one transaction where one etcd holds all of its
 * records; the next step starts only when it is done. A `refresh` step is done
 * when every primary of its shards has confirmed.
 */
export type PlanStep =
  | {
      readonly kind: 'write';
      /** `deny`: closes a side. `allow`: opens the serving side and puts rules into force. `tidy`: changes what no query depends on. */
      readonly phase: 'deny' | 'allow' | 'tidy';
      readonly title: string;
      readonly changes: readonly RecordChange[];
    }
  | {
      readonly kind: 'refresh';
      readonly after: 'deny' | 'allow';
      readonly title: string;
      readonly shards: readonly ShardName[];
    };

/** What a plan locks, in the order in which Vitess takes these locks. */
export interface PlanLocks {
  /** `keyspace/workflow` of the named lock, when the workflow is known. */
  readonly workflows: readonly { readonly keyspace: string; readonly workflow: string }[];
  readonly keyspaces: readonly string[];
}

export interface Plan {
  readonly direction: Direction;
  /** What the plan is for, in words: the move, or the records. */
  readonly subject: string;
  readonly keyspaces: readonly string[];
  readonly tables: readonly string[];
  readonly cells: readonly string[];
  readonly steps: readonly PlanStep[];
  readonly locks: PlanLocks;
  /** Every record that the plan was made from: if one of them changes, the plan is void. */
  readonly guards: readonly RecordId[];
  /** What the operator must know before saying yes. */
  readonly warnings: readonly string[];
}

/** Why there is no plan, and what can be done by hand. */
export interface Refusal {
  readonly reason: string;
  readonly next: string;
}

export type Planning =
  | { readonly status: 'planned'; readonly plan: Plan }
  /** The records already are as the plan would make them. */
  | { readonly status: 'nothing-to-do' }
  | { readonly status: 'refused'; readonly refusals: readonly [Refusal, ...Refusal[]] };
