import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Reading } from '../model/reading.ts';
import type { JsonPath, RecordId } from '../model/record.ts';
import type { Workflow } from '../model/workflow.ts';
import type { RecordKind } from './topoKey.ts';

/** A record that stands in a document, at a path of the document's JSON. */
export interface RecordInDocument {
  readonly record: RecordId;
  readonly kind: RecordKind;
  readonly reading: Reading<MessageShape<DescMessage>>;
  readonly path: JsonPath;
  /** True when the document holds only some of the record's fields. */
  readonly partial: boolean;
  /** True when the record is printed as prototext: positions inside it are not known. */
  readonly opaque: boolean;
}

export interface RecognizedDocument {
  readonly records: readonly RecordInDocument[];
  readonly workflows: readonly Workflow[];
  /** The keyspace whose workflows the document lists completely. */
  readonly completeFor?: string;
}

/** What the text alone does not say: a file's base name without extension, or the record that it is known to hold. */
export interface DocumentHints {
  readonly baseName: string;
  readonly record?: RecordId;
}
