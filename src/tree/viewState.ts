/** What the view shows as a whole: its rows, or the welcome that fits why there are none. */
import type { ClockWords } from '../host/clock.ts';
import { healthOf } from '../model/health.ts';
import { shownTopology, type Session } from '../host/session.ts';
import type { TopologyFailureCode } from '../model/topologyData.ts';
import { count } from '../model/words.ts';

export interface ViewState {
  readonly state: 'none' | 'unreachable' | 'empty' | 'loading' | 'ready';
  /** Why the only connection could not be read; empty otherwise. */
  readonly failure: TopologyFailureCode | '';
  /** The connection that a welcome is about. */
  readonly connection?: string;
}

/** The view's state. A welcome takes the place of the rows only where there is one connection with nothing to show. */
export function viewState(sessions: readonly Session[]): ViewState {
  const [only, ...others] = sessions;
  if (only === undefined) return { state: 'none', failure: '' };
  const { name } = only.connection;
  const shown = shownTopology(only.state);
  if (others.length > 0) return { state: 'ready', failure: '' };
  if (shown === undefined) {
    if (only.state.status === 'loading') return { state: 'loading', failure: '', connection: name };
    if (only.state.status === 'failed') {
      return { state: 'unreachable', failure: only.state.failure.code, connection: name };
    }
    return { state: 'ready', failure: '' };
  }
  const { complete, snapshot } = shown.diagnosed;
  // An empty topology that could not be read as a whole is not known to be empty.
  const isEmpty = only.state.status === 'loaded' && complete && snapshot.keyspaces.size === 0;
  return isEmpty ? { state: 'empty', failure: '', connection: name } : { state: 'ready', failure: '' };
}

/** The view's badge: errors of all connections, and connections that could not be read. */
export function viewBadge(sessions: readonly Session[]): { value: number; tooltip: string } | undefined {
  let value = 0;
  const words: string[] = [];
  for (const { connection, state } of sessions) {
    const shown = shownTopology(state);
    if (state.status === 'failed') {
      value += 1;
      words.push(`${connection.name} could not be read`);
    }
    if (shown === undefined) continue;
    const { errors, unchecked } = healthOf(shown.diagnosed.findings);
    value += errors + unchecked;
    if (errors > 0) words.push(`${count(errors, 'error')} in ${connection.name}`);
    if (unchecked > 0) words.push(`${count(unchecked, 'record')} of ${connection.name} not checked`);
  }
  return value === 0 ? undefined : { value, tooltip: words.join('; ') };
}

/** What the view says above its rows: which connections are not followed any more, and why; empty when there are none. */
export function staleMessage(sessions: readonly Session[], clock: ClockWords): string {
  const stale = sessions.flatMap(({ connection, state }) =>
    state.status === 'failed' && state.since !== undefined
      ? [`${connection.name} is stale since ${clock(state.since)} (${state.failure.message})`]
      : [],
  );
  return stale.join('\n');
}
