import type { JsonPath, RecordId } from '../model/record.ts';
import type { JsonDocument, TextRange } from '../records/jsonDocument.ts';
import type { SetDocument } from '../records/setDocument.ts';
import type { JudgedTopology } from './judgedTopology.ts';
import { notCheckedNote, type Note } from './note.ts';
import { recordNotes } from './recordNotes.ts';

const mostNotes = 1000;

/** A note at its place in a text. */
export interface PlacedNote extends Note {
  readonly range: TextRange;
}

/** The notes on a live record, whose document shows nothing else. */
export function liveNotes(judged: JudgedTopology, record: RecordId, json: JsonDocument): PlacedNote[] {
  return atMost(json, place(json, [], recordNotes(judged, record)));
}

/** The notes on every record of a saved dump, and on what of it could not be read. */
export function dumpNotes(judged: JudgedTopology, { json, recognized }: SetDocument): PlacedNote[] {
  const [problem] = json.problems;
  if (problem !== undefined) {
    const note = notCheckedNote([], `this dump is not valid JSON: ${problem.message}`);
    return [{ ...note, range: { offset: problem.offset, length: problem.length } }];
  }
  const unnamed = recognized.unnamed.flatMap(({ kind, path, fileName }) =>
    place(json, path, [notCheckedNote([], `nothing says which ${kind} this is; save it as ${fileName}`)]),
  );
  const records = recognized.records.flatMap(({ record, path, opaque }) => {
    const notes = recordNotes(judged, record);
    return place(json, path, opaque ? notes.map((note) => ({ ...note, path: [] })) : notes);
  });
  return atMost(json, inOrder([...unnamed, ...records]));
}

/** Counts what is left out of a document with more notes than anybody reads. */
function atMost(json: JsonDocument, notes: readonly PlacedNote[]): PlacedNote[] {
  if (notes.length <= mostNotes) return [...notes];
  const text = `${notes.length} remarks on this file; the first ${mostNotes} are shown`;
  return [{ path: [], tone: 'info', text, links: [], range: json.anchorAt([]) }, ...notes.slice(0, mostNotes)];
}

function place(json: JsonDocument, at: JsonPath, notes: readonly Note[]): PlacedNote[] {
  return inOrder(notes.map((note) => ({ ...note, range: json.anchorAt([...at, ...note.path]) })));
}

/** By place; at one place in the order given, each text once: the summary of a finding before its remarks. */
function inOrder(notes: readonly PlacedNote[]): PlacedNote[] {
  const seen = new Set<string>();
  return [...notes]
    .sort((a, b) => a.range.offset - b.range.offset)
    .filter(({ range, tone, text }) => {
      const key = `${range.offset} ${tone} ${text}`;
      return !seen.has(key) && seen.add(key);
    });
}
