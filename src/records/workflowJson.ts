import type { TableCopy, Workflow, WorkflowStream } from '../model/workflow.ts';
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
    streams: streams.map(([key, stream]) => streamFromShow(key, stream)),
    ...lagOf(value, streams),
  };
}

function streamFromShow(key: string, stream: JsonObject): WorkflowStream {
  const [shard = '', alias = ''] = key.split('/');
  const id = wholeNumber(field(stream, 'id'));
  const source = field(stream, 'binlog_source');
  const copyStates = field(stream, 'copy_states');
  return {
    shard: text(stream, 'shard') || shard,
    state: text(stream, 'state'),
    message: text(stream, 'message'),
    ...(id === undefined ? {} : { id: String(id) }),
    ...(alias === '' ? {} : { tablet: alias }),
    ...(isRecord(source) && text(source, 'keyspace') !== ''
      ? { source: `${text(source, 'keyspace')}/${text(source, 'shard')}` }
      : {}),
    ...(Array.isArray(copyStates)
      ? { copying: items(copyStates).map((state) => (isRecord(state) ? text(state, 'table') : '')) }
      : {}),
  };
}

/** While a stream copies, Vitess gives the largest number there is as the lag; where none runs it counts on. */
function lagOf(value: JsonObject, streams: readonly [string, JsonObject][]): Pick<Workflow, 'lagSeconds'> {
  const lag = wholeNumber(field(value, 'max_v_replication_transaction_lag'));
  const isRunning = streams.some(([, stream]) => replicating.has(text(stream, 'state')));
  return lag !== undefined && lag >= 0 && isRunning ? { lagSeconds: lag } : {};
}

const replicating: ReadonlySet<string> = new Set(['Running', 'Lagging']);

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
    ...copiesOf(value),
  };
}

function copiesOf(value: JsonObject): Pick<Workflow, 'copies'> {
  const byTable = field(value, 'table_copy_state');
  if (!isRecord(byTable)) return {};
  const copies = Object.entries(byTable).map(([table, state]): TableCopy => {
    const amount = (name: string): number => (isRecord(state) ? (wholeNumber(field(state, name)) ?? 0) : 0);
    return {
      table,
      rowsCopied: amount('rows_copied'),
      rowsTotal: amount('rows_total'),
      bytesCopied: amount('bytes_copied'),
      bytesTotal: amount('bytes_total'),
    };
  });
  return { copies: copies.sort((a, b) => (a.table < b.table ? -1 : 1)) };
}

/** A 64-bit number is a text in protojson and a number in Go's own JSON; undefined for none and for one that no JavaScript number holds. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
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
