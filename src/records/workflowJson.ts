import type { Workflow, WorkflowStream } from '../model/workflow.ts';
import { field, isRecord, items, text, type JsonObject } from './jsonValue.ts';

/** A workflow from `Workflow show` (an entry of GetWorkflowsResponse.workflows); undefined for another shape. */
export function workflowFromShow(value: unknown): Workflow | undefined {
  if (!isRecord(value)) return undefined;
  const name = text(value, 'name');
  const target = field(value, 'target');
  const source = field(value, 'source');
  const keyspace = isRecord(target) ? text(target, 'keyspace') : '';
  if (name === '' || keyspace === '') return undefined;
  const streams = shardStreams(value);
  const type = text(value, 'workflow_type');
  const tables = tablesOf(streams.map(([, stream]) => stream));
  return {
    keyspace,
    name,
    ...(isRecord(source) && text(source, 'keyspace') !== '' ? { source: text(source, 'keyspace') } : {}),
    ...(type === '' ? {} : { type }),
    ...(tables === undefined ? {} : { tables }),
    streams: streams.map(([key, stream]): WorkflowStream => ({
      shard: text(stream, 'shard') || (key.split('/')[0] ?? ''),
      state: text(stream, 'state'),
      message: text(stream, 'message'),
    })),
  };
}

/**
 * A workflow from `MoveTables status --format json`, which does not print the
 * workflow's name: that comes from a file named `MoveTablesStatus-<keyspace>-<workflow>`.
 */
export function workflowFromStatus(value: JsonObject, baseName: string): Workflow | undefined {
  const streams = shardStreams(value);
  const keyspace = streams[0]?.[0].split('/')[0] ?? '';
  const prefix = `MoveTablesStatus-${keyspace}-`;
  if (keyspace === '' || !baseName.startsWith(prefix) || baseName === prefix) return undefined;
  const source = text(streams[0]?.[1] ?? {}, 'source_shard').split('/')[0];
  return {
    keyspace,
    name: baseName.slice(prefix.length),
    ...(source ? { source } : {}),
    trafficState: text(value, 'traffic_state'),
  };
}

function shardStreams(value: JsonObject): [string, JsonObject][] {
  const byShard = field(value, 'shard_streams');
  if (!isRecord(byShard)) return [];
  return Object.entries(byShard).flatMap(([key, entry]) =>
    items(isRecord(entry) ? field(entry, 'streams') : undefined)
      .filter(isRecord)
      .map((stream): [string, JsonObject] => [key, stream]),
  );
}

/** The tables that the streams' filters name; undefined when a filter is a regular expression or none names a table. */
function tablesOf(streams: readonly JsonObject[]): string[] | undefined {
  const tables = new Set<string>();
  for (const stream of streams) {
    const source = field(stream, 'binlog_source');
    const filter = isRecord(source) ? field(source, 'filter') : undefined;
    for (const rule of items(isRecord(filter) ? field(filter, 'rules') : undefined)) {
      const match = isRecord(rule) ? text(rule, 'match') : '';
      if (match.startsWith('/')) return undefined;
      if (match !== '') tables.add(match);
    }
  }
  return tables.size === 0 ? undefined : [...tables];
}
