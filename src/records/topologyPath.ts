import { isMessage, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { fromText } from '@bufbuild/protobuf/txtpb';
import type { Reading } from '../model/reading.ts';
import type { JsonPath, RecordId } from '../model/record.ts';
import { ShardSchema } from './gen/topodata_pb.js';
import { text, type JsonObject } from './jsonValue.ts';
import { nothingRecognized, type RecognizedDocument } from './recognizedDocument.ts';
import { recordKind, recordSchemas } from './recordTypes.ts';
import { parseGlobalPath, type RecordKind } from './topoKey.ts';
import { shardProblem } from './validate.ts';

/**
 * A record from `GetTopologyPath`, which prints it as compact prototext in
 * `data`. The path starts with `/global/` or with a cell's name.
 */
export function readTopologyPath(value: JsonObject, at: JsonPath): RecognizedDocument {
  const record = recordOfTopologyPath(text(value, 'path'));
  const kind = record === undefined ? undefined : recordKind(record);
  const data = text(value, 'data');
  if (record === undefined || kind === undefined || data === '') return nothingRecognized;
  const reading = readPrototext(kind, record, data);
  const found = { record, kind, reading, path: [...at, 'data'], partial: false, opaque: true };
  return { ...nothingRecognized, records: [found] };
}

/** The record that a path of Vitess's topology browser names; undefined for a path without a record. */
export function recordOfTopologyPath(path: string): RecordId | undefined {
  const [, root, ...rest] = path.split('/');
  if (!path.startsWith('/') || !root || rest.length === 0) return undefined;
  return root === 'global' ? { path: rest.join('/') } : { cell: root, path: rest.join('/') };
}

function readPrototext(kind: RecordKind, record: RecordId, data: string): Reading<MessageShape<DescMessage>> {
  const schema = recordSchemas[kind];
  try {
    const value = fromText(schema, data);
    const key = kind === 'Shard' ? parseGlobalPath(record.path) : undefined;
    const problem = key?.kind === 'Shard' && isMessage(value, ShardSchema) ? shardProblem(key.shard, value) : undefined;
    return problem === undefined ? { status: 'loaded', value } : { status: 'failed', reason: problem };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { status: 'failed', reason: `its prototext does not parse as ${schema.typeName}: ${problem}` };
  }
}
