import { eventsInScope, timelineTable, type TimelineScope } from '../diagnose/timeline/timelineText.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { moment } from '../model/words.ts';
import { staleWords } from './liveText.ts';
import type { ReportScope } from './report.ts';
import { shownTopology, type Session } from './session.ts';

/** The timeline of a connection, or of one keyspace or move, as Markdown. */
export function timelineText(session: Session, scope: ReportScope): string {
  const { connection, state, moments = [] } = session;
  const subject = scope.move ?? scope.keyspace;
  const about = subject === undefined ? connection.name : `${subject} in ${connection.name}`;
  const blocks = [`# ${escapeMarkdown(`Timeline of ${about}`)}`, escapeMarkdown(connection.detail)];
  const stale = staleWords(session);
  if (stale !== undefined) blocks.push(titled('Not current', stale));
  const [first] = moments;
  if (first === undefined) return `${[...blocks, 'Nothing was read yet\\.'].join('\n\n')}\n`;
  const revision = first.revision === undefined ? '' : `, revision ${first.revision}`;
  const how = state.status === 'loaded' && state.live === true ? 'Followed live' : 'As it was read';
  const times = 'Times are when this window learnt of a write: etcd keeps none.';
  blocks.push(escapeMarkdown(`${how} since ${moment(first.at)}${revision}. ${times}`));
  const events = eventsInScope(moments, timelineScope(session, scope));
  blocks.push(events.length === 0 ? 'Nothing was written since\\.' : timelineTable(events));
  return `${blocks.join('\n\n')}\n`;
}

/** The timeline as JSON: what `events` hold, oldest first. */
export function timelineJson(session: Session, scope: ReportScope): string {
  const { connection, moments = [] } = session;
  const [first] = moments;
  const start = first && { at: moment(first.at), revision: first.revision ?? null };
  const events = eventsInScope(moments, timelineScope(session, scope)).map(({ at, revision, ...event }) => ({
    at: moment(at),
    revision: revision ?? null,
    ...event,
  }));
  return `${JSON.stringify({ connection: connection.name, start: start ?? null, events }, null, 2)}\n`;
}

function timelineScope({ state }: Session, { keyspace, move: id }: ReportScope): TimelineScope {
  const move = shownTopology(state)?.diagnosed.moves.find((one) => one.id === id);
  if (move !== undefined)
    return { keyspaces: [move.source, move.target], ...(move.tables.length > 0 && { tables: move.tables }) };
  return keyspace === undefined ? {} : { keyspaces: [keyspace] };
}
