import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Reading } from '../model/reading.ts';
import type { JsonPath, RecordId } from '../model/record.ts';
import type { Workflow } from '../model/workflow.ts';
import { recordFromJson } from './recordJson.ts';
import { recordSchemas } from './recordTypes.ts';
import type { RecordKind } from './topoKey.ts';

/** A record that stands in a document, at a path of the document's JSON. */
export interface RecordInDocument {
  readonly record: RecordId;
  readonly kind: RecordKind;
  /** Absent where the document says that the topology has no such record. */
  readonly reading: Reading<MessageShape<DescMessage>>;
  readonly path: JsonPath;
  /** True when the document holds only some of the record's fields. */
  readonly partial: boolean;
  /** True when the record is printed as prototext: positions inside it are not known. */
  readonly opaque: boolean;
}

/** Names that a document lists completely: what it does not name does not exist. */
export type NameList =
  | { readonly of: 'keyspaces' | 'cells'; readonly names: readonly string[] }
  | { readonly of: 'shards'; readonly keyspace: string; readonly names: readonly string[] };

/** A record of a known kind of which neither the text nor the file's name says which one it is. */
export interface UnnamedRecord {
  readonly kind: RecordKind;
  readonly path: JsonPath;
  /** A file name that would say it. */
  readonly fileName: string;
}

export interface RecognizedDocument {
  readonly records: readonly RecordInDocument[];
  readonly workflows: readonly Workflow[];
  /** The keyspace whose workflows the document lists completely. */
  readonly completeFor?: string;
  readonly lists: readonly NameList[];
  readonly unnamed: readonly UnnamedRecord[];
}

/** What the text alone does not say: a file's base name without extension, or the record that it is known to hold. */
export interface DocumentHints {
  readonly baseName: string;
  readonly record?: RecordId;
}

/** A document that holds nothing of a topology. */
export const nothingRecognized: RecognizedDocument = { records: [], workflows: [], lists: [], unnamed: [] };

/** A document that holds one whole record. */
export function oneRecord(kind: RecordKind, record: RecordId, value: unknown, path: JsonPath): RecognizedDocument {
  return oneReading(kind, record, recordFromJson(recordSchemas[kind], value), path);
}

/** A document that holds one whole record which was read already. */
export function oneReading(
  kind: RecordKind,
  record: RecordId,
  reading: RecordInDocument['reading'],
  path: JsonPath,
): RecognizedDocument {
  return { ...nothingRecognized, records: [{ record, kind, reading, path, partial: false, opaque: false }] };
}

/** A document that holds one record of which nothing says which one it is. */
export function oneUnnamed(kind: RecordKind, path: JsonPath, fileName: string): RecognizedDocument {
  return { ...nothingRecognized, unnamed: [{ kind, path, fileName }] };
}

/** All that several parts of one document hold. */
export function mergeRecognized(parts: readonly RecognizedDocument[]): RecognizedDocument {
  const completeFor = parts.find((part) => part.completeFor !== undefined)?.completeFor;
  return {
    records: parts.flatMap(({ records }) => records),
    workflows: parts.flatMap(({ workflows }) => workflows),
    lists: parts.flatMap(({ lists }) => lists),
    unnamed: parts.flatMap(({ unnamed }) => unnamed),
    ...(completeFor === undefined ? {} : { completeFor }),
  };
}

/** True when nothing of a topology was found. */
export function isNothing({ records, workflows, lists, unnamed, completeFor }: RecognizedDocument): boolean {
  return records.length + workflows.length + lists.length + unnamed.length === 0 && completeFor === undefined;
}
