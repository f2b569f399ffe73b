/** The words that the drawing and the text beside it share. */
import { count, listWords } from '../model/words.ts';
import type { MapFlow, MapLock, MapRouting, MapShard, MapSide, Mark, MarkState } from './moveMap.ts';

/** Up to so many tables are named where there is little room. */
const mostNames = 3;

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

/** Names tables of a list; `all` is how many the move has, undefined for tables that are none of its. */
export type ListTables = (tables: readonly string[], all?: number) => string;

/** Every name, but where they are all of many: those are named once. */
export const everyTable: ListTables = (tables, all) =>
  tables.length === all && all > mostNames ? `all ${all} tables` : listWords(tables, Number.POSITIVE_INFINITY);

/** A few names, or of many their number: `39 of 40 tables`. */
export const fewTables: ListTables = (tables, all) => {
  if (tables.length <= mostNames) return listWords(tables);
  if (all === undefined) return count(tables.length, 'table');
  return tables.length === all ? `all ${all} tables` : `${tables.length} of ${all} tables`;
};

/** What a shard denies and accepts of the move's tables. */
export function denialWords({ unread, denied, accepted, otherDenied }: MapShard, list: ListTables): string[] {
  if (unread !== undefined) return [];
  // Where the move's tables are not known, these may be they.
  const besides = denied.length + accepted.length === 0 ? '' : 'besides: ';
  const all = denied.length + accepted.length;
  return [
    denied.length === 0 ? '' : `denies ${list(denied, all)}`,
    accepted.length === 0 ? '' : `accepts ${list(accepted, all)}`,
    otherDenied.length === 0 ? '' : `denies ${besides}${list(otherDenied)}`,
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

/** Which tables or shards a flow is of: `of corder`, `of shards -80 and 80-`; empty for all. */
export function ofWords({ of, types }: MapFlow, most?: number): string {
  if (of.length === 0) return '';
  const kind = types.length > 0 ? '' : of.length === 1 ? 'shard ' : 'shards ';
  return `of ${kind}${listWords(of, most)}`;
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
