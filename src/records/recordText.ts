/** A live record as a read-only document: its JSON under a header of comments, or why there is none. */
import type { LeaseEvidence, TopologyData, TopologyRecord } from '../model/topologyData.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { durationWords } from '../model/words.ts';
import { decode } from './decode.ts';
import { hexDump } from './hexDump.ts';
import { recordToJson } from './recordJson.ts';
import { recordKind, recordSchemas } from './recordTypes.ts';
import type { UnreadableRecord } from './snapshot.ts';
import { parseCellPath, parseGlobalPath } from './topoKey.ts';
import { unknownFields } from './unknownFields.ts';

/** Where a document's record was read. */
export interface RecordTextSource {
  readonly connection: string;
  readonly data: TopologyData;
  readonly unreadable: readonly UnreadableRecord[];
  /** Why this is not the current state; undefined when it is. */
  readonly stale?: string;
}

/** The text of a record's document, in JSON with comments. Never throws. */
export function recordText(source: RecordTextSource, record: RecordId): string {
  const { header, body } = contents(source, record);
  const comments = [...sourceLines(source, record), ...header].map((line) => `// ${line}`.trimEnd());
  return `${comments.join('\n')}\n${body === undefined ? '' : `${body}\n`}`;
}

/** The text of a record's bytes, for comparing what it was with what it becomes; says so when there is no record. Never throws. */
export function storedText(record: RecordId, value: Uint8Array | undefined): string {
  const { header, body } =
    value === undefined
      ? { header: [absentWords(record)], body: undefined }
      : decodeRecord(record, { path: record.path, value });
  const comments = [oneLine(recordName(record)), ...header].map((line) => `// ${line}`.trimEnd());
  return `${comments.join('\n')}\n${body === undefined ? '' : `${body}\n`}`;
}

function sourceLines({ connection, data, stale }: RecordTextSource, record: RecordId): string[] {
  const read = `read ${new Date(data.readAt).toISOString().replace('.000Z', 'Z')}`;
  const revision = data.revision === undefined ? [] : [`revision ${data.revision}`];
  return [
    oneLine(recordName(record)),
    [`connection ${oneLine(connection)}`, ...revision, read].join(' · '),
    ...(stale === undefined ? [] : [`STALE: ${oneLine(stale)}`]),
  ];
}

interface Contents {
  readonly header: readonly string[];
  readonly body?: string;
}

function contents({ data, unreadable }: RecordTextSource, record: RecordId): Contents {
  const failure = cellFailure(data, record);
  if (failure !== undefined) return { header: ['NOT READ: ' + oneLine(failure)] };
  const found = findRecord(data, record);
  if (found === undefined) return { header: [absentWords(record)] };
  const written = found.modRevision === undefined ? [] : [`last written at revision ${found.modRevision}`];
  const reason = unreadable.find((entry) => recordName(entry.record) === recordName(record))?.reason;
  const failed = reason === undefined ? [] : [`COULD NOT BE READ: ${oneLine(reason)}`];
  const decoded = decodeRecord(record, found);
  return {
    header: [...written, ...failed, ...decoded.header],
    ...(decoded.body === undefined ? {} : { body: decoded.body }),
  };
}

function decodeRecord(record: RecordId, found: TopologyRecord): Contents {
  const kind = recordKind(record);
  const bytes = [`its ${found.value.length} bytes:`, ...hexDump(found.value)];
  if (kind === undefined) {
    const body = plainJson(found.value);
    const isLock = record.cell === undefined && parseGlobalPath(record.path).kind === 'Lock';
    const lease = leaseLines(found.lease ?? (isLock ? { kind: 'unknown' } : undefined));
    return body === undefined ? { header: [...lease, ...bytes] } : { header: lease, body };
  }
  const schema = recordSchemas[kind];
  const reading = decode(schema, found.value);
  if (reading.status !== 'loaded') return { header: bytes };
  const unknown = unknownFields(reading.value);
  const kept = unknown.length === 0 ? [] : [`fields that this version does not know and keeps: ${unknown.join('; ')}`];
  try {
    return { header: kept, body: recordToJson(schema, reading.value) };
  } catch (error) {
    // JSON cannot hold what bytes can, such as a text that is not UTF-8.
    return { header: [...kept, `has no JSON form: ${oneLine(String(error))}`, ...bytes] };
  }
}

function findRecord(data: TopologyData, { cell, path }: RecordId): TopologyRecord | undefined {
  const records =
    cell === undefined ? data.global : (data.cells.find((entry) => entry.cell === cell) ?? { status: 'failed' });
  const list = 'status' in records ? (records.status === 'loaded' ? records.records : []) : records;
  return list.find((entry) => entry.path === path);
}

function cellFailure(data: TopologyData, { cell }: RecordId): string | undefined {
  if (cell === undefined) return undefined;
  const found = data.cells.find((entry) => entry.cell === cell);
  if (found === undefined) return `the topology has no cell ${cell}`;
  return found.status === 'failed' ? found.failure.message : undefined;
}

/** What it means that Vitess finds no such key. */
function absentWords(record: RecordId): string {
  const { kind } = record.cell === undefined ? parseGlobalPath(record.path) : parseCellPath(record.path);
  switch (kind) {
    case 'RoutingRules':
      return 'ABSENT: there are no routing rules.';
    case 'ShardRoutingRules':
      return 'ABSENT: there are no shard routing rules.';
    case 'KeyspaceRoutingRules':
      return 'ABSENT: there are no keyspace routing rules.';
    case 'MirrorRules':
      return 'ABSENT: there are no mirror rules.';
    case 'VSchema':
      return 'ABSENT: the keyspace has no VSchema, which means an unsharded one without tables.';
    case 'Lock':
      return 'ABSENT: the lock was released.';
    default:
      return 'ABSENT: the topology has no such record.';
  }
}

function plainJson(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), undefined, 2);
  } catch {
    return undefined;
  }
}

function leaseLines(lease: LeaseEvidence | undefined): string[] {
  switch (lease?.kind) {
    case undefined:
      return [];
    case 'none':
      return ['lease: none, so it never expires'];
    case 'unknown':
      return ['lease: not known from a snapshot'];
    case 'held': {
      const left = durationWords(lease.ttlSeconds);
      return [
        `lease: ${lease.id}, expires in ${left} unless it is renewed (granted for ${durationWords(lease.grantedTtlSeconds)})`,
      ];
    }
  }
}

/** A comment ends with its line: what comes from outside must not begin another. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
