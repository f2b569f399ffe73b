import type { Topology } from '../topology/topology.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import type { FollowedSession } from './followedSession.ts';
import type { Session } from './session.ts';

/** Where a connection comes from: the settings, or opened for this window only. */
export type ConnectionOrigin = 'settings' | 'window';

/** A connection of the store with all that hangs on it. */
export interface Entry {
  readonly settings: ConnectionSettings;
  readonly origin: ConnectionOrigin;
  session: Session;
  topology?: Topology;
  reading?: Reading;
  followed: FollowedSession;
}

/** One read in flight, which several callers may wait for. */
export interface Reading {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  waiting: number;
}
