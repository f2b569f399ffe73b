/** A timeline as documents: what happened, at which revision, in what order. */
import { moment as clock } from '../../model/words.ts';
import { markdownTable } from '../../model/markdown.ts';
import type { TimelineEvent } from '../../model/timelineEvent.ts';
import type { TopologyMoment } from '../topologyMoment.ts';

/** What a timeline is about; everything when nothing is named. */
export interface TimelineScope {
  readonly keyspaces?: readonly string[];
  /** Events that name other tables only are left out. */
  readonly tables?: readonly string[];
}

/** The events that concern a scope, in the order in which they came. */
export function eventsInScope(
  moments: readonly Pick<TopologyMoment, 'events'>[],
  { keyspaces, tables }: TimelineScope,
): TimelineEvent[] {
  const concerns = (named: readonly string[], wanted: readonly string[] | undefined): boolean =>
    wanted === undefined || named.length === 0 || named.some((name) => wanted.includes(name));
  return moments
    .flatMap(({ events }) => events)
    .filter((event) => concerns(event.keyspaces, keyspaces) && concerns(event.tables, tables));
}

/** Events as a Markdown table, oldest first. */
export function timelineTable(events: readonly TimelineEvent[]): string {
  return markdownTable(
    ['Time (UTC)', 'Revision', 'What happened', 'Record'],
    events.map(({ at, revision = '', record, text }) => [
      new Date(at).toISOString().slice(11, 23),
      revision,
      text,
      // A lock's key ends in the number of its lease, which tells nobody anything.
      record.replace(/\/locks\/\d+$/, ''),
    ]),
  );
}

/** One event in a line, e.g. for a terminal. */
export function eventLine({ at, revision, text }: TimelineEvent): string {
  return [clock(at), ...(revision === undefined ? [] : [`revision ${revision}`]), text].join('  ');
}
