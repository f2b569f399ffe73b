/** A move as a map: what is drawn, and what is said of it in words. Nothing here knows of sizes or places. */
import type { HealthState } from '../model/health.ts';
import type { TabletTypeName } from '../model/move.ts';
import type { JsonPath, RecordId } from '../model/record.ts';

/** A place in a record that a part of the map leads to. */
export interface MapTarget {
  readonly record: RecordId;
  readonly path: JsonPath;
}

/** How bad a mark is; `unchecked` says that something could not be read. */
export type MarkState = Exclude<HealthState, 'healthy'>;

/** Findings that say the same of several shards or cells, under one number of the map. */
export interface MapFinding {
  readonly number: number;
  readonly state: MarkState;
  readonly title: string;
  /** Each finding in whole sentences, with the place that it points to. */
  readonly messages: readonly { readonly message: string; readonly target: MapTarget }[];
}

/** A finding's sign on a box of the map. */
export type Mark = Pick<MapFinding, 'number' | 'state'>;

export interface MapLock {
  /** What is locked, e.g. `workflow customer.commerce2customer`. */
  readonly locked: string;
  /** Who holds it, what for and since when. */
  readonly holder: string;
  readonly isAbandoned: boolean;
  readonly marks: readonly Mark[];
  readonly target: MapTarget;
}

export interface MapShard {
  readonly name: string;
  /** Why the record could not be read; everything else is empty then. */
  readonly unread?: string;
  readonly isServing: boolean;
  /** The primary tablet's alias. */
  readonly primary?: string;
  /** Tables of the move that the shard's primary denies, and those that it accepts. */
  readonly denied: readonly string[];
  readonly accepted: readonly string[];
  /** What it denies besides. */
  readonly otherDenied: readonly string[];
  readonly locks: readonly MapLock[];
  readonly marks: readonly Mark[];
  readonly target: MapTarget;
}

export interface MapSide {
  readonly role: 'source' | 'target';
  readonly keyspace: string;
  /** False where the topology has no such keyspace. */
  readonly isThere: boolean;
  readonly shards: readonly MapShard[];
  readonly locks: readonly MapLock[];
  readonly marks: readonly Mark[];
  readonly target: MapTarget;
}

/** Where some of the traffic of one type goes. */
export interface MapFlow {
  /** Tablet types that go the same way; a partial move's rules know none. */
  readonly types: readonly TabletTypeName[];
  readonly to: 'source' | 'target' | 'elsewhere' | 'no-rule' | 'not-checked';
  /** The keyspace, where one is named. */
  readonly keyspace?: string;
  /** The tables or shards that this is of; empty for all of them. */
  readonly of: readonly string[];
  /** Tables that some shard denies where this leads: queries for them fail there. */
  readonly refused: readonly string[];
  /** True when every shard denies every one of its tables. */
  readonly isAllRefused: boolean;
}

/** The global rules, or what one cell's vtgates follow. */
export interface MapRouting {
  /** Undefined for the global rules. */
  readonly cell: string | undefined;
  readonly flows: readonly MapFlow[];
  readonly marks: readonly Mark[];
  readonly target: MapTarget;
}

export interface MoveMap {
  readonly title: string;
  /** Which kind of move this is and from where to where. */
  readonly summary: string;
  /** The move's tables; empty for a multi-tenant move. */
  readonly tables: readonly string[];
  /** In Vitess's own words. */
  readonly trafficState: string;
  readonly state: HealthState;
  /** `4 errors`, `no contradictions`, or what could not be read. */
  readonly verdict: string;
  readonly source: MapSide;
  readonly target: MapSide;
  /** The global rules first, then the cells. */
  readonly routing: readonly MapRouting[];
  /** Locks on the workflow and on routing rules; those of keyspaces and shards are with them. */
  readonly locks: readonly MapLock[];
  /** Worst first. */
  readonly findings: readonly MapFinding[];
}
