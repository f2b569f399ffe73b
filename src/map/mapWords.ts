/** The words that the drawing and the text beside it share. */
import { listWords } from '../model/words.ts';
import type { MapFlow, MapLock, MapRouting, MapShard, MapSide, Mark, MarkState } from './moveMap.ts';

/** A mark's kind, so that nobody needs to see its colour. */
export const stateWords: Readonly<Record<MarkState, string>> = {
  error: 'error',
  unchecked: 'not checked',
  warning: 'warning',
  info: 'note',
};

/** What changed at the moment that is shown. */
export const changedWords = 'changed';

/** `error 1, note 6`; empty without marks. */
export function marksWords(marks: readonly Mark[]): string {
  return marks.map(({ state, number }) => `${stateWords[state]} ${number}`).join(', ');
}

/** `serving, primary zone1-0000000100`. */
export function servingWords({ unread, isServing, primary }: MapShard): string {
  if (unread !== undefined) return `could not be read: ${unread}`;
  return `${isServing ? 'serving' : 'not serving'}, ${primary === undefined ? 'no primary' : `primary ${primary}`}`;
}

/** What a shard denies and accepts of the move's tables; `most` names before the rest is counted. */
export function denialWords({ unread, denied, accepted, otherDenied }: MapShard, most?: number): string[] {
  if (unread !== undefined) return [];
  // Where the move's tables are not known, these may be they.
  const besides = denied.length + accepted.length === 0 ? '' : 'besides: ';
  return [
    denied.length === 0 ? '' : `denies ${listWords(denied, most)}`,
    accepted.length === 0 ? '' : `accepts ${listWords(accepted, most)}`,
    otherDenied.length === 0 ? '' : `denies ${besides}${listWords(otherDenied, most)}`,
  ].filter((words) => words !== '');
}

/** `held by vt@host for SwitchWrites, since …`. */
export function lockWords({ isAbandoned, holder }: MapLock): string {
  return isAbandoned ? `abandoned by ${holder}` : `held by ${holder}`;
}

/** The global rules, or the cell whose vtgates follow the routing. */
export function routingTitle({ cell }: MapRouting): string {
  return cell ?? 'Global rules';
}

/** `primary, replica`; of a partial move, whose rules know no types, `all traffic`. */
export function typesWords({ types }: MapFlow): string {
  return types.length === 0 || types.length === 3 ? 'all traffic' : types.join(', ');
}

/** Whether a flow has the writes in it: only the primary takes them. */
export function hasWrites({ types }: MapFlow): boolean {
  return types.length === 0 || types.includes('primary');
}

/** Where a flow goes: `to customer`, `no rule`, `could not check`. */
export function destinationWords({ to, keyspace }: MapFlow): string {
  if (to === 'no-rule') return 'no rule';
  return to === 'not-checked' ? 'could not check' : `to ${keyspace ?? '?'}`;
}

/** `source keyspace commerce`. */
export function sideTitle({ role, keyspace }: MapSide): string {
  return `${role} keyspace ${keyspace}`;
}
