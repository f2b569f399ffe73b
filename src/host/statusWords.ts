/** What the status bar says of the active connection. */
import { durationWords } from '../model/words.ts';
import { healthIcons } from './healthIcons.ts';
import { healthOf, healthState, healthWords, type HealthState } from '../model/health.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { shownTopology, type Session } from './session.ts';
import type { ClockWords } from './clock.ts';

export interface StatusWords {
  /** With a codicon. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  /** For a screen reader. */
  readonly spoken: string;
  /** Colours the item. */
  readonly level: 'error' | 'warning' | 'plain';
}

/** The worst state of a connection and the age of what is known of it; undefined for one that is not connected. */
export function statusWords({ connection, state }: Session, now: number, clock: ClockWords): StatusWords | undefined {
  if (state.status === 'disconnected') return undefined;
  const shown = shownTopology(state);
  const health = shown === undefined ? undefined : healthOf(shown.diagnosed.findings);
  const worst = health === undefined ? 'unchecked' : healthState(health);
  const found = health === undefined ? '' : healthWords(health) || 'no contradictions';
  const isLive = state.status === 'loaded' && state.live === true;
  const lostAt = state.status === 'failed' ? state.since : undefined;
  const isDated = shown === undefined || connection.kind === 'snapshot' || lostAt !== undefined;
  const age = isDated ? '' : isLive ? 'live' : ageWords(now - shown.loadedAt);
  const stale = lostAt === undefined ? 'stale' : `stale since ${clock(lostAt)}`;
  const parts = { loading: 'reading…', failed: shown === undefined ? 'could not be read' : stale, loaded: '' };
  const words = [
    parts[state.status],
    found,
    connection.kind === 'snapshot' && shown !== undefined ? 'snapshot' : age,
  ].filter((part) => part !== '');
  const icon = state.status === 'loading' ? 'loading~spin' : state.status === 'failed' ? 'warning' : healthIcons[worst];
  return {
    text: `$(${icon}) Vitess: ${words.join(' · ')}`,
    tooltip: [
      titled(connection.name, words.join(', ')),
      escapeMarkdown(connection.detail),
      ...(state.status === 'failed'
        ? [titled(state.since === undefined ? 'Could not be read' : 'Not followed', state.failure.message)]
        : []),
      ...(shown === undefined ? [] : [titled(isLive ? 'Last change' : 'Read', clock(shown.loadedAt))]),
    ].join('\n\n'),
    spoken: `Vitess Topo, connection ${connection.name}: ${words.join(', ')}`,
    level: state.status === 'loading' && shown === undefined ? 'plain' : levelOf(worst, state.status === 'failed'),
  };
}

function levelOf(worst: HealthState, isFailed: boolean): StatusWords['level'] {
  if (worst === 'error') return 'error';
  return isFailed || worst === 'unchecked' || worst === 'warning' ? 'warning' : 'plain';
}

function ageWords(milliseconds: number): string {
  return milliseconds < 60_000 ? 'just now' : durationWords(milliseconds / 1000);
}
