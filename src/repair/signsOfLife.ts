import { globalRecord } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { parseGlobalPath } from '../records/topoKey.ts';

const rules: ReadonlySet<string> = new Set([
  globalRecord.routingRules.path,
  globalRecord.shardRoutingRules.path,
  globalRecord.keyspaceRoutingRules.path,
]);

/**
 * The records that an operation on these keyspaces writes and that were written
 * after a revision of the global etcd: whoever holds a lock that it needs may be at work.
 */
export function writtenSince(data: TopologyData, keyspaces: ReadonlySet<string>, revision: string): string[] {
  const limit = BigInt(revision);
  return data.global
    .filter(({ path, modRevision }) => isWrittenBy(path, keyspaces) && BigInt(modRevision ?? '0') > limit)
    .map(({ path }) => path);
}

function isWrittenBy(path: string, keyspaces: ReadonlySet<string>): boolean {
  if (rules.has(path)) return true;
  const key = parseGlobalPath(path);
  return (key.kind === 'Shard' || key.kind === 'VSchema') && keyspaces.has(key.keyspace);
}
