/** What a key of a topology root holds, told by its path alone. */
export type GlobalKey =
  | { readonly kind: 'Keyspace' | 'VSchema'; readonly keyspace: string }
  | { readonly kind: 'Shard'; readonly keyspace: string; readonly shard: string }
  | { readonly kind: 'RoutingRules' | 'ShardRoutingRules' | 'KeyspaceRoutingRules' | 'MirrorRules' }
  | { readonly kind: 'CellInfo'; readonly cell: string }
  | { readonly kind: 'Lock'; readonly lockedPath: string; readonly id: string }
  | { readonly kind: 'Other' };

export type CellKey =
  | { readonly kind: 'SrvVSchema' }
  | { readonly kind: 'SrvKeyspace'; readonly keyspace: string }
  | { readonly kind: 'ShardReplication'; readonly keyspace: string; readonly shard: string }
  | { readonly kind: 'Tablet'; readonly alias: string }
  | { readonly kind: 'Other' };

/** Every kind of record that has a JSON form. */
export type RecordKind = Exclude<GlobalKey['kind'] | CellKey['kind'], 'Lock' | 'Other'>;

const lockKey = /^(.+)\/locks\/(\d+)$/;

/** Parses a path under the global root. */
export function parseGlobalPath(path: string): GlobalKey {
  const lock = lockKey.exec(path);
  if (lock?.[1] !== undefined && lock[2] !== undefined) return { kind: 'Lock', lockedPath: lock[1], id: lock[2] };
  switch (path) {
    case 'RoutingRules':
    case 'ShardRoutingRules':
    case 'MirrorRules':
      return { kind: path };
    case 'routing_rules/keyspace/Rules':
      return { kind: 'KeyspaceRoutingRules' };
  }
  const [area, name, rest, shard, file, ...more] = path.split('/');
  if (!name || more.length > 0) return { kind: 'Other' };
  if (area === 'cells' && rest === 'CellInfo' && shard === undefined) return { kind: 'CellInfo', cell: name };
  if (area !== 'keyspaces') return { kind: 'Other' };
  if ((rest === 'Keyspace' || rest === 'VSchema') && shard === undefined) return { kind: rest, keyspace: name };
  if (rest === 'shards' && shard && file === 'Shard') return { kind: 'Shard', keyspace: name, shard };
  return { kind: 'Other' };
}

/** Parses a path under a cell's root. */
export function parseCellPath(path: string): CellKey {
  if (path === 'SrvVSchema') return { kind: 'SrvVSchema' };
  const [area, name, rest, shard, file, ...more] = path.split('/');
  if (!name || more.length > 0) return { kind: 'Other' };
  if (area === 'tablets' && rest === 'Tablet' && shard === undefined) return { kind: 'Tablet', alias: name };
  if (area !== 'keyspaces') return { kind: 'Other' };
  if (rest === 'SrvKeyspace' && shard === undefined) return { kind: 'SrvKeyspace', keyspace: name };
  if (rest === 'shards' && shard && file === 'ShardReplication') {
    return { kind: 'ShardReplication', keyspace: name, shard };
  }
  return { kind: 'Other' };
}

const globalFiles: ReadonlySet<string> = new Set([
  'Keyspace',
  'VSchema',
  'Shard',
  'CellInfo',
  'RoutingRules',
  'ShardRoutingRules',
  'MirrorRules',
]);
const cellFiles: ReadonlySet<string> = new Set(['SrvVSchema', 'SrvKeyspace', 'ShardReplication', 'Tablet']);

/**
 * True for a path that ends like a record's and stands where Vitess never puts
 * one, e.g. under an empty keyspace name: Vitess would not find that record.
 */
export function isMisplacedRecord(root: 'global' | 'cell', path: string): boolean {
  const key = root === 'global' ? parseGlobalPath(path) : parseCellPath(path);
  const files = root === 'global' ? globalFiles : cellFiles;
  return key.kind === 'Other' && files.has(path.slice(path.lastIndexOf('/') + 1));
}

/** Why a misplaced record is unreadable. */
export const misplaced = 'its key is not one under which Vitess keeps such a record';
