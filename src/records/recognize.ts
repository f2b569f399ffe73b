/**
 * Tells what a saved JSON text is by its shape, as the vtctldclient commands
 * print it, and finds the topology records in it.
 */
import { cellRecord, globalRecord, type JsonPath, type RecordId } from '../model/record.ts';
import { field, isRecord, items, text, type JsonObject } from './jsonValue.ts';
import { recordFromJson } from './recordJson.ts';
import { recordSchemas } from './recordTypes.ts';
import type { DocumentHints, RecognizedDocument } from './recognizedDocument.ts';
import { readTopologyPath } from './topologyPath.ts';
import type { RecordKind } from './topoKey.ts';
import { workflowFromShow, workflowFromStatus } from './workflowJson.ts';

const nothing: RecognizedDocument = { records: [], workflows: [] };

/** Recognizes a parsed JSON value; a value of no known shape holds nothing. Never throws. */
export function recognize(value: unknown, hints: DocumentHints): RecognizedDocument {
  return recognizeAt(value, [], hints);
}

function recognizeAt(value: unknown, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  if (Array.isArray(value)) return recognizeList(value, at, hints);
  if (!isRecord(value)) return nothing;
  // VTAdmin wraps each answer.
  if (isRecord(value['result']) && 'ok' in value) return recognizeAt(value['result'], [...at, 'result'], hints);

  const workflows = items(field(value, 'workflows'));
  if (workflows.length > 0) return merge(workflows.map((w, i) => fromWorkflow(w, [...at, 'workflows', i])));
  if (typeof field(value, 'traffic_state') === 'string') {
    const workflow = workflowFromStatus(value, hints.baseName);
    return workflow === undefined ? nothing : { records: [], workflows: [workflow] };
  }
  const shards = field(value, 'shards');
  if (isRecord(shards)) {
    return merge(Object.entries(shards).map(([key, shard]) => fromNamedShard(shard, [...at, 'shards', key])));
  }
  if ('shard' in value && 'keyspace' in value && 'name' in value) return fromNamedShard(value, at);
  if ('name' in value && 'path' in value && 'data' in value) return readTopologyPath(value, at);
  return fromBareRecord(value, at, hints);
}

function recognizeList(value: readonly unknown[], at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const keyspace = /^WorkflowList-(.+)$/.exec(hints.baseName)?.[1];
  if (keyspace !== undefined && value.every((name) => typeof name === 'string')) {
    return { records: [], workflows: value.map((name) => ({ keyspace, name })), completeFor: keyspace };
  }
  return merge(
    value.map((entry, index) => {
      if (!isRecord(entry)) return nothing;
      const name = text(entry, 'name');
      if (isRecord(entry['keyspace']) && name !== '') {
        return one('Keyspace', globalRecord.keyspace(name), entry['keyspace'], [...at, index, 'keyspace']);
      }
      return 'alias' in entry ? fromTablet(entry, [...at, index]) : nothing;
    }),
  );
}

function fromTablet(value: JsonObject, at: JsonPath): RecognizedDocument {
  const alias = field(value, 'alias');
  const cell = isRecord(alias) ? text(alias, 'cell') : '';
  const uid = isRecord(alias) ? field(alias, 'uid') : undefined;
  if (cell === '' || typeof uid !== 'number') return nothing;
  return one('Tablet', cellRecord.tablet(cell, `${cell}-${String(uid).padStart(10, '0')}`), value, at);
}

function fromNamedShard(value: unknown, at: JsonPath): RecognizedDocument {
  if (!isRecord(value)) return nothing;
  const keyspace = text(value, 'keyspace');
  const name = text(value, 'name');
  if (keyspace === '' || name === '' || !isRecord(value['shard'])) return nothing;
  return one('Shard', globalRecord.shard(keyspace, name), value['shard'], [...at, 'shard']);
}

function fromWorkflow(value: unknown, at: JsonPath): RecognizedDocument {
  const workflow = workflowFromShow(value);
  if (workflow === undefined || !isRecord(value)) return nothing;
  const streams = field(value, 'shard_streams');
  const records = Object.entries(isRecord(streams) ? streams : {}).flatMap(([key, entry]) => {
    // The key is shard/tablet; the entry repeats two fields of the target shard's record.
    const shard = key.split('/')[0];
    if (!shard || !isRecord(entry)) return [];
    const record = globalRecord.shard(workflow.keyspace, shard);
    const reading = recordFromJson(recordSchemas.Shard, {
      tablet_controls: field(entry, 'tablet_controls') ?? [],
      is_primary_serving: field(entry, 'is_primary_serving') ?? false,
    });
    const path = [...at, 'shard_streams', key];
    return [{ record, kind: 'Shard' as const, reading, path, partial: true, opaque: false }];
  });
  return { records, workflows: [workflow] };
}

function fromBareRecord(value: JsonObject, at: JsonPath, hints: DocumentHints): RecognizedDocument {
  const rules = field(value, 'rules');
  if (Array.isArray(rules)) return fromRules(value, rules, at, hints);
  if (isRecord(field(value, 'keyspaces')) && isRecord(field(value, 'routing_rules'))) {
    const cell = hints.record?.cell ?? /^GetSrvVSchema-(.+)$/.exec(hints.baseName)?.[1];
    return cell === undefined ? nothing : one('SrvVSchema', cellRecord.srvVSchema(cell), value, at);
  }
  const byCell = Object.entries(value).filter((entry): entry is [string, JsonObject] => isRecord(entry[1]));
  const srvVSchemas = byCell.filter(([, entry]) => isRecord(field(entry, 'keyspaces')));
  if (srvVSchemas.length > 0) {
    return merge(
      srvVSchemas.map(([cell, entry]) => one('SrvVSchema', cellRecord.srvVSchema(cell), entry, [...at, cell])),
    );
  }
  const keyspace = keyspaceOf(hints);
  if (Array.isArray(field(value, 'partitions')) && hints.record?.cell !== undefined && keyspace !== undefined) {
    return one('SrvKeyspace', cellRecord.srvKeyspace(hints.record.cell, keyspace), value, at);
  }
  const srvKeyspaces = byCell.filter(([, entry]) => Array.isArray(field(entry, 'partitions')));
  if (srvKeyspaces.length > 0 && keyspace !== undefined) {
    return merge(
      srvKeyspaces.map(([cell, entry]) =>
        one('SrvKeyspace', cellRecord.srvKeyspace(cell, keyspace), entry, [...at, cell]),
      ),
    );
  }
  const isShard = ['tablet_controls', 'is_primary_serving', 'primary_alias'].some(
    (name) => field(value, name) !== undefined,
  );
  const shard = /^keyspaces\/[^/]+\/shards\/[^/]+\/Shard$/.test(hints.record?.path ?? '') ? hints.record : undefined;
  if (isShard && shard !== undefined) return one('Shard', shard, value, at);
  const vschema = /^GetVSchema-(.+)$/.exec(hints.baseName)?.[1];
  if (vschema !== undefined) return one('VSchema', globalRecord.vschema(vschema), value, at);
  return nothing;
}

function keyspaceOf(hints: DocumentHints): string | undefined {
  return (
    /^keyspaces\/([^/]+)\/SrvKeyspace$/.exec(hints.record?.path ?? '')?.[1] ??
    /^GetSrvKeyspaces?-(.+)$/.exec(hints.baseName)?.[1]
  );
}

/** The four rule records look alike; an empty list is told by the file's name only. */
function fromRules(
  value: JsonObject,
  rules: readonly unknown[],
  at: JsonPath,
  hints: DocumentHints,
): RecognizedDocument {
  const first = rules.find(isRecord);
  const named = hints.record?.path ?? hints.baseName.replace(/^Get/, '');
  const has = (name: string): boolean => first !== undefined && field(first, name) !== undefined;
  if (has('from_keyspace') ? has('shard') : first === undefined && named === 'ShardRoutingRules') {
    return one('ShardRoutingRules', globalRecord.shardRoutingRules, value, at);
  }
  if (has('from_keyspace') || (first === undefined && /^(KeyspaceRoutingRules$|routing_rules\/)/.test(named))) {
    return one('KeyspaceRoutingRules', globalRecord.keyspaceRoutingRules, value, at);
  }
  if (has('to_table') || (first === undefined && named === 'MirrorRules')) {
    return one('MirrorRules', globalRecord.mirrorRules, value, at);
  }
  if (has('from_table') || (first === undefined && named === 'RoutingRules')) {
    return one('RoutingRules', globalRecord.routingRules, value, at);
  }
  return nothing;
}

function one(kind: RecordKind, record: RecordId, value: unknown, path: JsonPath): RecognizedDocument {
  const reading = recordFromJson(recordSchemas[kind], value);
  return { records: [{ record, kind, reading, path, partial: false, opaque: false }], workflows: [] };
}

function merge(parts: readonly RecognizedDocument[]): RecognizedDocument {
  return { records: parts.flatMap(({ records }) => records), workflows: parts.flatMap(({ workflows }) => workflows) };
}
