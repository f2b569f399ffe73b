/** What the views know of each connection. One object holds it; views subscribe and never read a topology themselves. */
import type { Event } from 'vscode';
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { TopologyMoment } from '../diagnose/topologyMoment.ts';
import type { TopologyData, TopologyFailure } from '../model/topologyData.ts';

/** A connection as its settings describe it; credentials are not part of it. */
export interface Connection {
  /** Unique among connections; shown to people and used in document names. */
  readonly name: string;
  readonly kind: 'etcd' | 'snapshot';
  /** Words for people: endpoints and root, or the folder. */
  readonly detail: string;
}

/** A topology that was read and diagnosed. */
export interface LoadedTopology {
  readonly data: TopologyData;
  readonly diagnosed: DiagnosedTopology;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
}

/** `last` is what was read before: shown as stale, never as current. */
export type SessionState =
  | { readonly status: 'disconnected' }
  | { readonly status: 'loading'; readonly last?: LoadedTopology }
  /** `live`: every write is shown as it is made. */
  | { readonly status: 'loaded'; readonly topology: LoadedTopology; readonly live?: boolean }
  /** `since` when a topology that was live cannot be followed any more, in milliseconds since the epoch; it is tried again and again. */
  | {
      readonly status: 'failed';
      readonly failure: TopologyFailure;
      readonly last?: LoadedTopology;
      readonly since?: number;
    };

export interface Session {
  readonly connection: Connection;
  readonly state: SessionState;
  /** What became of the topology since it was first read in this window, oldest first; the last is what is known now. */
  readonly moments?: readonly TopologyMoment[];
}

export interface Sessions {
  /** In the order of the settings. */
  readonly all: readonly Session[];
  /** The connection that commands without an argument, lenses and the status bar speak of. */
  readonly active: Session | undefined;
  get(name: string): Session | undefined;
  /** Fires with the session that changed, or undefined when the list or the active one did. */
  readonly onDidChange: Event<Session | undefined>;
}

/** What a session shows now, be it current or stale. */
export function shownTopology(state: SessionState): LoadedTopology | undefined {
  if (state.status === 'loaded') return state.topology;
  return state.status === 'loading' || state.status === 'failed' ? state.last : undefined;
}
