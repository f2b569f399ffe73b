/** The moments of a connection that a map can show. */
import type { TopologyMoment } from '../diagnose/topologyMoment.ts';
import { moment } from '../model/words.ts';
import { staleWords } from './liveText.ts';
import { shownTopology, type Session } from './session.ts';

/** Oldest first, the last is what the session shows now; empty while nothing was read. */
export function momentsOf({ state, moments = [] }: Session): readonly TopologyMoment[] {
  const shown = shownTopology(state);
  if (shown === undefined) return [];
  if (moments.length > 0) return moments;
  const { diagnosed, data } = shown;
  const { readAt: at, revision } = data;
  return [{ at, ...(revision === undefined ? {} : { revision }), events: [], topology: diagnosed }];
}

/** Tells a moment from the others of its connection. */
export function momentKey({ at, revision }: TopologyMoment): string {
  return `${revision ?? ''}@${at}`;
}

/** `2026-11-24T02:05:00Z, revision 1234`. */
export function momentTitle({ at, revision }: TopologyMoment): string {
  return revision === undefined ? moment(at) : `${moment(at)}, revision ${revision}`;
}

/** The names of the records that changed at a moment. */
export function changedRecords({ events }: TopologyMoment): ReadonlySet<string> {
  return new Set(events.map(({ record }) => record));
}

/** What a map that leaves the editor says of where it comes from. */
export function mapNotes(session: Session, shown: TopologyMoment): string[] {
  const stale = staleWords(session);
  return [
    `Connection ${session.connection.name}, ${momentTitle(shown)}`,
    ...shown.events.map(({ text }) => text),
    ...(stale === undefined ? [] : [`Not current: ${stale}`]),
  ];
}
