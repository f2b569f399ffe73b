import { recordName, type RecordId } from '../model/record.ts';
import { parseCellPath, parseGlobalPath } from './topoKey.ts';

/** The vtctldclient command whose dump gives a record, with its arguments. */
export function dumpCommand(record: RecordId): string {
  if (record.cell !== undefined) {
    const key = parseCellPath(record.path);
    if (key.kind === 'SrvVSchema') return 'GetSrvVSchemas';
    if (key.kind === 'SrvKeyspace') return `GetSrvKeyspaces ${key.keyspace}`;
    return key.kind === 'Tablet' ? `GetTablet ${key.alias}` : `GetTopologyPath /${recordName(record)}`;
  }
  const key = parseGlobalPath(record.path);
  switch (key.kind) {
    case 'RoutingRules':
    case 'ShardRoutingRules':
    case 'KeyspaceRoutingRules':
    case 'MirrorRules':
      return `Get${key.kind}`;
    case 'Shard':
      return `GetShard ${key.keyspace}/${key.shard}`;
    case 'VSchema':
      return `GetVSchema ${key.keyspace}`;
    case 'Keyspace':
      return 'GetKeyspaces';
    default:
      return `GetTopologyPath /global/${record.path}`;
  }
}

/** Says that no document of a set gives a record. */
export function missingRecordWords(record: RecordId): string {
  return `no ${dumpCommand(record)} dump beside this file`;
}

/** Says that no document lists all shards of a keyspace, or, without one, all cells. */
export function missingListWords(keyspace?: string): string {
  return `no ${keyspace === undefined ? 'GetSrvVSchemas' : `FindAllShardsInKeyspace ${keyspace}`} dump beside this file`;
}
