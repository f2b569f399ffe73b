import { diagnoseDocuments } from '../../src/diagnose/diagnoseDocuments.ts';
import type { JudgedTopology } from '../../src/editor/judgedTopology.ts';
import { noteTitle } from '../../src/editor/note.ts';
import { dumpNotes, type PlacedNote } from '../../src/editor/placedNotes.ts';
import type { LocatedPlace } from '../../src/editor/problem.ts';
import { recordName, type Place } from '../../src/model/record.ts';
import { DocumentSet } from '../../src/records/documentSet.ts';
import { LineIndex } from '../../src/records/lineIndex.ts';
import { readSetDocument, type SetDocument } from '../../src/records/setDocument.ts';
import { readDumps } from '../support/captures.ts';

/** A folder of dumps, judged. */
export interface JudgedDumps {
  readonly set: DocumentSet;
  readonly judged: JudgedTopology;
  locate(place: Place): LocatedPlace[];
}

/** Judges texts by file name. */
export function judgeTexts(texts: Readonly<Record<string, string>>): JudgedDumps {
  const documents = Object.entries(texts).flatMap(
    ([name, text]) => readSetDocument(name, `/dumps/${name}`, text) ?? [],
  );
  const set = new DocumentSet(documents, 0);
  const lines = new Map(documents.map((document) => [document.id, new LineIndex(document.text)]));
  return {
    set,
    judged: { ...diagnoseDocuments(set), notGiven: (record) => set.notGiven(record) },
    locate: (place) =>
      set.locate(place).map(({ document: { id, text }, range: { offset, length } }) => {
        const index = lines.get(id) ?? new LineIndex(text);
        return { uri: id, span: { start: index.positionAt(offset), end: index.positionAt(offset + length) } };
      }),
  };
}

/** The dumps of a capture by file name: all, or those named without `.json`. */
export function capturedTexts(capture: string, ...names: readonly string[]): Record<string, string> {
  const dumps = readDumps(capture).filter(
    ({ name }) => names.length === 0 || names.includes(name.replace('.json', '')),
  );
  return Object.fromEntries(dumps.map(({ name, text }) => [name, text]));
}

/** The document of a set by its file name; throws when there is none. */
export function documentOf({ set }: JudgedDumps, name: string): SetDocument {
  const document = set.documents.find((candidate) => candidate.name === name);
  if (document === undefined)
    throw new Error(`no ${name} among ${set.documents.map((other) => other.name).join(', ')}`);
  return document;
}

/** The notes on a document, one line each: what it is above, what it says, where it leads. */
export function noteLines(dumps: JudgedDumps, name: string): string[] {
  const document = documentOf(dumps, name);
  return dumpNotes(dumps.judged, document).map((note) => noteLine(document.text, note));
}

/** A note in one line. */
export function noteLine(text: string, note: PlacedNote): string {
  const { offset, length } = note.range;
  const links = note.links.map(({ record, path }) =>
    [recordName(record), path.join('.')].filter((part) => part !== '').join(' '),
  );
  return `${text.slice(offset, offset + length)} | ${noteTitle(note)}${links.length === 0 ? '' : ` | ${links.join(', ')}`}`;
}
