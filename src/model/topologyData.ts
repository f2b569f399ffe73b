/**
 * What an adapter reads from a topology: every record as raw bytes, at one
 * moment. Decoding and judging are other rooms' work.
 */

import type { AskedWorkflows } from './workflow.ts';

/** What is known of the lease behind a key. Only lock keys carry one in Vitess. */
export type LeaseEvidence =
  /** The source (a folder) cannot tell. */
  | { readonly kind: 'unknown' }
  /** The key has no lease: nobody renews it and it never expires. */
  | { readonly kind: 'none' }
  /** The lease as the server described it; both times are in whole seconds. */
  | { readonly kind: 'held'; readonly id: string; readonly ttlSeconds: number; readonly grantedTtlSeconds: number };

/** One key and its value. `path` is relative to its root, without a leading slash. */
export interface TopologyRecord {
  readonly path: string;
  readonly value: Uint8Array;
  /** The revision of the last write, where the source knows it. */
  readonly modRevision?: string;
  /** Present on lock keys only. */
  readonly lease?: LeaseEvidence;
}

/** Why something of a topology could not be read. */
export type TopologyFailureCode =
  | 'unreachable'
  | 'unauthenticated'
  | 'permission-denied'
  | 'tls'
  | 'timeout'
  | 'cancelled'
  | 'compacted'
  | 'not-found'
  /** Something is not as it was when a change was decided on; nothing was written. */
  | 'changed'
  /** etcd takes no more writes: its quota is used up (NOSPACE). */
  | 'no-space'
  /** A write was sent and its answer lost: it may have happened. */
  | 'unknown-outcome'
  /** The server is of a release that does not know the call. */
  | 'unimplemented'
  | 'invalid';

/** A failure as a value: what happened, in words for the operator, with the next step. */
export interface TopologyFailure {
  readonly code: TopologyFailureCode;
  readonly message: string;
}

/** One cell's topology, or why it could not be read. */
export type CellData =
  | {
      readonly cell: string;
      readonly status: 'loaded';
      readonly root: string;
      readonly address: string;
      readonly records: readonly TopologyRecord[];
    }
  | { readonly cell: string; readonly status: 'failed'; readonly failure: TopologyFailure };

/** What vtctldclient printed at the same moment; `name` is the file's base name. */
export interface DumpFile {
  readonly name: string;
  readonly text: string;
}

/** A whole topology at one moment. */
export interface TopologyData {
  /** Words for people: where this was read. */
  readonly source: string;
  /** When it was read, in milliseconds since the epoch. For a folder, when it was captured if known. */
  readonly readAt: number;
  /** The etcd revision that every record of the global cluster was read at; undefined when the source has none. */
  readonly revision?: string;
  /** The key prefix of the global root, e.g. `/vitess/global`. */
  readonly globalRoot: string;
  readonly global: readonly TopologyRecord[];
  readonly cells: readonly CellData[];
  /** What a reader should know of how this was read, e.g. a cell read through another address. */
  readonly notes: readonly string[];
  readonly dumps: readonly DumpFile[];
  /** Who was asked for the workflows, which no topology holds; what was told is in `dumps`. */
  readonly workflows?: AskedWorkflows;
}

/** The paths under the global root that a snapshot holds: whole records and prefixes. */
export const globalRecords: readonly string[] = ['RoutingRules', 'ShardRoutingRules', 'MirrorRules'];
export const globalPrefixes: readonly string[] = [
  'keyspaces/',
  'cells/',
  'cells_aliases/',
  'routing_rules/',
  'internal/named_locks/',
];
/** The paths under a cell's root that a snapshot holds. */
export const cellRecords: readonly string[] = ['SrvVSchema'];
export const cellPrefixes: readonly string[] = ['keyspaces/', 'tablets/'];
