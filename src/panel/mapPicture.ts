/** What the page of a map shows of a session. */
import { changedRecords, momentKey, momentsOf, momentTitle } from '../host/mapMoments.ts';
import { staleWords } from '../host/liveText.ts';
import type { Session } from '../host/session.ts';
import { buildMap } from '../map/buildMap.ts';
import type { MapTarget, MoveMap } from '../map/moveMap.ts';
import { pageMap } from '../map/pageMap.ts';
import type { PictureMessage } from '../map/panelMessages.ts';
import { shownText } from '../map/shownText.ts';
import type { TopologyMoment } from '../diagnose/topologyMoment.ts';

/** The move of a panel. */
export type MapSubject = PictureMessage['subject'];

export interface MapPicture {
  readonly content: Omit<PictureMessage, 'version'>;
  readonly targets: readonly MapTarget[];
  /** What is drawn, when something is. */
  readonly shown?: { readonly map: MoveMap; readonly moment: TopologyMoment };
}

/** The picture of a moment, the newest when `key` names none that the session remembers. */
export function mapPicture(session: Session | undefined, subject: MapSubject, key: string | undefined): MapPicture {
  const moments = session === undefined ? [] : momentsOf(session);
  const chosen = moments.findIndex((moment) => momentKey(moment) === key);
  const index = chosen < 0 ? moments.length - 1 : chosen;
  const moment = moments[index];
  const map = moment === undefined ? undefined : buildMap(moment.topology, subject.move);
  const notice = noticeOf(session, subject, map !== undefined);
  const common = { type: 'picture', subject, ...(notice === undefined ? {} : { notice: shownText(notice) }) } as const;
  if (moment === undefined) return { content: common, targets: [] };
  const timeline = {
    moments: moments.map(momentKey),
    index,
    title: momentTitle(moment),
    events: moment.events.map(({ text }) => shownText(text)),
  };
  if (map === undefined) return { content: { ...common, timeline }, targets: [] };
  const { page, targets } = pageMap(map, changedRecords(moment));
  return { content: { ...common, timeline, map: page }, targets, shown: { map, moment } };
}

function noticeOf(
  session: Session | undefined,
  { connection, move }: MapSubject,
  isDrawn: boolean,
): string | undefined {
  if (session === undefined) return `The connection ${connection} is gone: add it again, or open the map of another.`;
  const { state } = session;
  if (state.status === 'disconnected') return `${connection} is not connected: connect to it in the Vitess Topo view.`;
  const stale = staleWords(session);
  if (isDrawn) return stale === undefined ? undefined : `Not current: ${stale}`;
  if (state.status === 'failed' && state.last === undefined) {
    return `${connection} could not be read: ${state.failure.message}`;
  }
  if (state.status === 'loading' && state.last === undefined) return `${connection} is being read…`;
  return `There is no move ${move} at this moment: it was completed or cancelled, or its routing rules are gone.`;
}
