import type { Finding, Severity } from '../model/finding.ts';
import { recordName, type JsonPath, type Place, type RecordId } from '../model/record.ts';
import { parseGlobalPath } from '../records/topoKey.ts';

/** What a note says: that something contradicts, that a denied table is as it must be, or that it could not be judged. */
export type NoteTone = Severity | 'on-purpose' | 'not-checked';

/** A short remark on a place of a record; a code lens shows it. */
export interface Note {
  /** The place in the record's JSON. */
  readonly path: JsonPath;
  readonly tone: NoteTone;
  readonly text: string;
  /** The other records that it speaks of, most telling first. */
  readonly links: readonly Place[];
  readonly finding?: Finding;
}

const marks: Record<NoteTone, string> = {
  error: '✗ ',
  warning: '⚠ ',
  info: 'ℹ ',
  'on-purpose': '✓ ',
  'not-checked': 'not checked: ',
};

/** The note in one line, as people read it. */
export function noteTitle({ tone, text }: Pick<Note, 'tone' | 'text'>): string {
  return marks[tone] + text;
}

/** A note on a finding: `<code>: <what>`. */
export function findingNote(finding: Finding, path: JsonPath, what: string, links: readonly Place[]): Note {
  return { path, tone: finding.severity, text: `${finding.code}: ${what}`, links: oneForEachRecord(links), finding };
}

/** A note that something could not be judged. */
export function notCheckedNote(path: JsonPath, reason: string): Note {
  return { path, tone: 'not-checked', text: reason, links: [] };
}

/** A record's name as short as a link needs: `customer/-80`, `RoutingRules`, `zone1/SrvVSchema`. */
export function shortName(record: RecordId): string {
  const key = record.cell === undefined ? parseGlobalPath(record.path) : undefined;
  if (key?.kind === 'Shard') return `${key.keyspace}/${key.shard}`;
  if (key?.kind === 'VSchema') return `${key.keyspace} VSchema`;
  return key === undefined || key.kind === 'Other' || key.kind === 'Lock' ? recordName(record) : key.kind;
}

/** Names with commas; past four the rest is counted. */
export function commaWords(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** The first place of each record, in order. */
export function oneForEachRecord(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ record }) => {
    const name = recordName(record);
    return !seen.has(name) && seen.add(name);
  });
}
