/** Findings as Problems of documents. */
import type { Finding } from '../model/finding.ts';
import { groupBy } from '../model/groupBy.ts';
import { recordName, type Place } from '../model/record.ts';
import type { TextPosition } from '../records/lineIndex.ts';
import { oneForEachRecord, shortName } from './note.ts';

export interface TextSpan {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** A place of a record in a document. */
export interface LocatedPlace {
  /** The document's URI. */
  readonly uri: string;
  readonly span: TextSpan;
}

/** Every document that shows a place, the best first; empty when none does. */
export type Locate = (place: Place) => readonly LocatedPlace[];

export interface Problem extends LocatedPlace {
  readonly finding: Finding;
  /** The finding's other places in the same document. */
  readonly more: readonly TextSpan[];
  readonly related: readonly (LocatedPlace & { readonly message: string })[];
}

/** More related places than anybody follows are left out: a rule record may differ in thousands. */
const mostRelated = 10;
const mostFurtherPlaces = 100;

/** One Problem of each finding for every document that shows a place of it, in the order of the findings. */
export function findingProblems(findings: readonly Finding[], locate: Locate): Problem[] {
  return findings.flatMap((finding) => {
    const byRecord = groupBy(finding.places, ({ record }) => recordName(record));
    const places = [...byRecord.values()].flatMap((ofRecord) => ofRecord.slice(0, mostFurtherPlaces));
    const shown = places.flatMap((place) => locate(place).map((located) => ({ place, located })));
    return [...groupBy(shown, ({ located }) => located.uri)].flatMap(([uri, here]): Problem[] => {
      const [first, ...others] = here;
      if (first === undefined) return [];
      const more = others.map(({ located }) => located.span);
      const related = relatedPlaces(finding, first.place, uri, locate);
      return [{ uri, span: first.located.span, finding, more: more.filter(differsFrom(first.located.span)), related }];
    });
  });
}

function differsFrom({ start }: TextSpan): (other: TextSpan) => boolean {
  return (other) => other.start.line !== start.line || other.start.character !== start.character;
}

function relatedPlaces(finding: Finding, first: Place, uri: string, locate: Locate): Problem['related'] {
  // One place of each further record is enough to get there.
  const others = oneForEachRecord(finding.places).filter(
    (place) => recordName(place.record) !== recordName(first.record),
  );
  const also = others.map((place) => ({ place, message: place.message ?? `the same in ${shortName(place.record)}` }));
  const related = finding.related.map((place) => ({ place, message: place.message ?? shortName(place.record) }));
  return [...related, ...also].slice(0, mostRelated).flatMap(({ place, message }) => {
    const located = locate(place);
    const best = located.find((candidate) => candidate.uri !== uri) ?? located[0];
    return best === undefined ? [] : [{ ...best, message }];
  });
}
