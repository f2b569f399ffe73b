import { fromText } from '@bufbuild/protobuf/txtpb';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Reading } from '../model/reading.ts';
import type { JsonPath, RecordId } from '../model/record.ts';
import { text, type JsonObject } from './jsonValue.ts';
import { recordKind, recordSchemas } from './recordTypes.ts';
import type { RecognizedDocument } from './recognizedDocument.ts';

/**
 * A record from `GetTopologyPath`, which prints it as compact prototext in
 * `data`. The path starts with `/global/` or with a cell's name.
 */
export function readTopologyPath(value: JsonObject, at: JsonPath): RecognizedDocument {
  const record = recordOfTopologyPath(text(value, 'path'));
  const kind = record === undefined ? undefined : recordKind(record);
  const data = text(value, 'data');
  if (record === undefined || kind === undefined || data === '') return { records: [], workflows: [] };
  const reading = readPrototext(recordSchemas[kind], data);
  return {
    records: [{ record, kind, reading, path: [...at, 'data'], partial: false, opaque: true }],
    workflows: [],
  };
}

/** The record that a path of Vitess's topology browser names; undefined for a path without a record. */
export function recordOfTopologyPath(path: string): RecordId | undefined {
  const [, root, ...rest] = path.split('/');
  if (!path.startsWith('/') || !root || rest.length === 0) return undefined;
  return root === 'global' ? { path: rest.join('/') } : { cell: root, path: rest.join('/') };
}

function readPrototext(schema: DescMessage, data: string): Reading<MessageShape<DescMessage>> {
  try {
    return { status: 'loaded', value: fromText(schema, data) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { status: 'failed', reason: `its prototext does not parse as ${schema.typeName}: ${problem}` };
  }
}
