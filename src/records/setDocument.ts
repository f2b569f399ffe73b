import { documentHints } from './documentHints.ts';
import { mayHoldTopology } from './dumpCheck.ts';
import { parseJsonDocument, type JsonDocument } from './jsonDocument.ts';
import { recognize } from './recognize.ts';
import { isNothing, nothingRecognized, type RecognizedDocument } from './recognizedDocument.ts';

/** A saved dump with what was found in it. */
export interface SetDocument {
  /** The caller's name of the document, unique in its set. */
  readonly id: string;
  /** The file's name, for people. */
  readonly name: string;
  readonly text: string;
  readonly json: JsonDocument;
  /** Nothing when the text is not valid JSON: a cut-off record could pass as a healthy one. */
  readonly recognized: RecognizedDocument;
}

/** Reads a saved dump; undefined for a text that holds nothing of a topology. Never throws. */
export function readSetDocument(id: string, path: string, text: string): SetDocument | undefined {
  const hints = documentHints(path);
  if (!mayHoldTopology(text, hints.baseName)) return undefined;
  const json = parseJsonDocument(text);
  const recognized = recognize(json.value, hints);
  if (isNothing(recognized)) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { id, name, text, json, recognized: json.problems.length > 0 ? nothingRecognized : recognized };
}
