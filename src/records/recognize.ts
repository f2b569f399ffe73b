/**
 * Tells what a saved JSON text is by its shape, as the vtctldclient commands
 * print it, and finds the topology records in it.
 */
import { cellRecord, globalRecord, type JsonPath } from '../model/record.ts';
import { field, hasField, isRecord, items, text, type JsonObject } from './jsonValue.ts';
import { recognizeBare } from './recognizeBare.ts';
import {
  isNothing,
  mergeRecognized,
  nothingRecognized,
  oneReading,
  oneRecord,
  type DocumentHints,
  type RecognizedDocument,
} from './recognizedDocument.ts';
import { shardFromJson } from './shardJson.ts';
import { readTopologyPath } from './topologyPath.ts';
import { tabletAliasName } from './validate.ts';
import { workflowFromShow, workflowFromStatus } from './workflowJson.ts';

/** Answers may be wrapped by VTAdmin, twice at most. */
const deepestWrapping = 3;

/** Recognizes a parsed JSON value; a value of no known shape holds nothing. Never throws. */
export function recognize(value: unknown, hints: DocumentHints): RecognizedDocument {
  return recognizeAt(value, [], hints, 0);
}

function recognizeAt(value: unknown, at: JsonPath, hints: DocumentHints, depth: number): RecognizedDocument {
  if (Array.isArray(value)) return recognizeList(value, at, hints);
  if (!isRecord(value) || depth > deepestWrapping) return nothingRecognized;
  return (
    recognizeAnswer(value, at, hints) ?? recognizeWrapped(value, at, hints, depth) ?? recognizeBare(value, at, hints)
  );
}

/** What one vtctldclient command prints; undefined for another shape. */
function recognizeAnswer(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument | undefined {
  const workflows = field(value, 'workflows');
  if (Array.isArray(workflows)) {
    return mergeRecognized(items(workflows).map((entry, index) => fromWorkflow(entry, [...at, 'workflows', index])));
  }
  if (hasField(value, 'shard_streams') && text(value, 'name') !== '') return fromWorkflow(value, at);
  if (typeof field(value, 'traffic_state') === 'string') {
    const workflow = workflowFromStatus(value, hints.baseName);
    return workflow === undefined ? nothingRecognized : { ...nothingRecognized, workflows: [workflow] };
  }
  const name = text(value, 'name');
  if (name !== '' && text(value, 'keyspace') !== '' && isRecord(value['shard'])) return fromNamedShard(value, at);
  if (name !== '' && isRecord(value['keyspace']) && !hasField(value, 'shard')) {
    return oneRecord('Keyspace', globalRecord.keyspace(name), value['keyspace'], [...at, 'keyspace']);
  }
  if (hasField(value, 'name') && typeof value['path'] === 'string' && typeof value['data'] === 'string') {
    return readTopologyPath(value, at);
  }
  return isRecord(value['alias']) ? fromTablet(value, at) : undefined;
}

/** An answer inside another object: `{result, ok}` and `{cluster, …}` of VTAdmin, CreateShard, FindAllShardsInKeyspace. */
function recognizeWrapped(
  value: JsonObject,
  at: JsonPath,
  hints: DocumentHints,
  depth: number,
): RecognizedDocument | undefined {
  if (hasField(value, 'result') && hasField(value, 'ok')) {
    return recognizeAt(value['result'], [...at, 'result'], hints, depth + 1);
  }
  const parts = ['keyspace', 'shard', 'workflow', 'tablet'].flatMap((name) =>
    isRecord(value[name]) ? [recognizeAnswer(value[name], [...at, name], hints) ?? nothingRecognized] : [],
  );
  const shards = field(value, 'shards');
  const wrapped = mergeRecognized([
    ...parts,
    ...(isRecord(shards) ? [fromShardMap(shards, [...at, 'shards'], hints)] : []),
  ]);
  return isNothing(wrapped) ? undefined : wrapped;
}

function recognizeList(value: readonly unknown[], at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const names = value.filter((name) => typeof name === 'string');
  if (names.length === value.length) return fromNames(names, hints);
  const found = mergeRecognized(
    value.map((entry, index) =>
      isRecord(entry) ? (recognizeAnswer(entry, [...at, index], hints) ?? nothingRecognized) : nothingRecognized,
    ),
  );
  const keyspaces = found.records.filter(({ kind }) => kind === 'Keyspace');
  if (keyspaces.length !== value.length || found.records.length !== value.length) return found;
  const listed = value.map((entry) => (isRecord(entry) ? text(entry, 'name') : ''));
  return { ...found, lists: [...found.lists, { of: 'keyspaces', names: listed }] };
}

/** A list of plain names says by its file's name only what it names. */
function fromNames(names: readonly string[], { baseName }: DocumentHints): RecognizedDocument {
  const keyspace = /^WorkflowList-(.+)$/.exec(baseName)?.[1];
  if (keyspace !== undefined) {
    const workflows = names.map((name) => ({ keyspace, name }));
    return { ...nothingRecognized, workflows, completeFor: keyspace };
  }
  const listsCells = baseName === 'GetCellInfoNames' && names.length > 0;
  return listsCells ? { ...nothingRecognized, lists: [{ of: 'cells', names }] } : nothingRecognized;
}

function fromShardMap(shards: JsonObject, at: JsonPath, { baseName }: DocumentHints): RecognizedDocument {
  const entries = Object.entries(shards);
  const found = mergeRecognized(entries.map(([key, shard]) => fromNamedShard(shard, [...at, key])));
  const keyspaces = new Set(entries.map(([, shard]) => (isRecord(shard) ? text(shard, 'keyspace') : '')));
  const [keyspace = /^FindAllShardsInKeyspace-(.+)$/.exec(baseName)?.[1] ?? ''] = keyspaces;
  if (keyspaces.size > 1 || keyspace === '' || found.records.length !== entries.length) return found;
  return { ...found, lists: [{ of: 'shards', keyspace, names: entries.map(([name]) => name) }] };
}

function fromNamedShard(value: unknown, at: JsonPath): RecognizedDocument {
  if (!isRecord(value)) return nothingRecognized;
  const keyspace = text(value, 'keyspace');
  const name = text(value, 'name');
  if (keyspace === '' || name === '' || !isRecord(value['shard'])) return nothingRecognized;
  const reading = shardFromJson(value['shard'], name);
  return oneReading('Shard', globalRecord.shard(keyspace, name), reading, [...at, 'shard']);
}

function fromTablet(value: JsonObject, at: JsonPath): RecognizedDocument | undefined {
  const alias = field(value, 'alias');
  const cell = isRecord(alias) ? text(alias, 'cell') : '';
  const uid = isRecord(alias) ? field(alias, 'uid') : undefined;
  if (cell === '' || typeof uid !== 'number' || !hasField(value, 'keyspace')) return undefined;
  return oneRecord('Tablet', cellRecord.tablet(cell, tabletAliasName({ cell, uid })), value, at);
}

function fromWorkflow(value: unknown, at: JsonPath): RecognizedDocument {
  const workflow = workflowFromShow(value);
  if (workflow === undefined || !isRecord(value)) return nothingRecognized;
  const streams = field(value, 'shard_streams');
  const records = Object.entries(isRecord(streams) ? streams : {}).flatMap(([key, entry]) => {
    // The key is shard/tablet; the entry repeats two fields of the target shard's record.
    const shard = key.split('/')[0];
    if (!shard || !isRecord(entry)) return [];
    const record = globalRecord.shard(workflow.keyspace, shard);
    const reading = shardFromJson({
      tablet_controls: field(entry, 'tablet_controls') ?? [],
      is_primary_serving: field(entry, 'is_primary_serving') ?? false,
    });
    const path = [...at, 'shard_streams', key];
    return [{ record, kind: 'Shard' as const, reading, path, partial: true, opaque: false }];
  });
  return { ...nothingRecognized, records, workflows: [workflow] };
}
