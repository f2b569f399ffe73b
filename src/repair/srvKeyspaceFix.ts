/** A cell's SrvKeyspace made to list the shards that serve, as RebuildKeyspaceGraph does. */
import { create } from '@bufbuild/protobuf';
import { allShardsLoaded, loadedShards } from '../diagnose/keyspaceFacts.ts';
import { listsServingShards, servedTypes } from '../diagnose/rules/staleSrvKeyspace.ts';
import type { Finding } from '../model/finding.ts';
import { coversWholeRange, parseShardName } from '../model/keyRange.ts';
import { loadedValue } from '../model/reading.ts';
import { cellRecord } from '../model/record.ts';
import {
  ShardReferenceSchema,
  SrvKeyspace_KeyspacePartitionSchema,
  SrvKeyspaceSchema,
  type SrvKeyspace,
} from '../records/gen/topodata_pb.js';
import type { Draft } from './draft.ts';
import type { RepairContext } from './repairContext.ts';

/** Why a SrvKeyspace cannot be rebuilt; undefined when it can. */
export function srvKeyspaceRefusal(
  { snapshot }: RepairContext,
  { keyspace: name = '', cell: cellName = '' }: Finding,
): string | undefined {
  const keyspace = snapshot.keyspaces.get(name);
  if (keyspace === undefined)
    return `${name} has no records: whether it was deleted by mistake cannot be told from here.`;
  if (keyspace.keyspace.status === 'failed' || !allShardsLoaded(keyspace))
    return `Not all records of ${name} could be read.`;
  const current = srvKeyspaceOf(snapshot, cellName, name);
  if (
    current?.partitions.some(({ shardTabletControls }) => shardTabletControls.some((one) => one.queryServiceDisabled))
  ) {
    return `A query service of ${name} is switched off in ${cellName}: finish or cancel the Reshard or migration that left it.`;
  }
  const serving = loadedShards(keyspace).filter(({ shard }) => shard.isPrimaryServing);
  const ranges = serving.map(({ name: shard }) => parseShardName(shard));
  const whole = ranges.length === 1 && ranges[0] === undefined;
  const named = ranges.filter((range) => typeof range === 'object');
  if (!whole && (named.length < ranges.length || !coversWholeRange(named))) {
    return `The shards of ${name} whose primary serves do not cover the whole key range once.`;
  }
  return undefined;
}

/** Rewrites the partitions that do not list the serving shards; the others, e.g. those that a Reshard has switched, stay. */
export function draftSrvKeyspace(
  { snapshot }: RepairContext,
  { keyspace: name = '', cell = '' }: Finding,
  draft: Draft,
): void {
  const keyspace = snapshot.keyspaces.get(name);
  if (keyspace === undefined) return;
  const absent = srvKeyspaceOf(snapshot, cell, name) === undefined;
  const why = { why: `lists the shards of ${name} whose primary serves` };
  draft.edit(SrvKeyspaceSchema, cellRecord.srvKeyspace(cell, name), why, (srvKeyspace) => {
    const config = loadedValue(keyspace.keyspace)?.throttlerConfig;
    if (absent && config !== undefined) srvKeyspace.throttlerConfig = config;
    for (const servedType of servedTypes) {
      if (!absent && listsServingShards(srvKeyspace, servedType, keyspace)) continue;
      const partition = partitionOf(srvKeyspace, servedType);
      partition.shardReferences = loadedShards(keyspace)
        .filter(({ shard }) => shard.isPrimaryServing)
        .map(({ name: shard, shard: { keyRange } }) =>
          create(ShardReferenceSchema, { name: shard, ...(keyRange === undefined ? {} : { keyRange }) }),
        );
    }
  });
}

function srvKeyspaceOf(snapshot: RepairContext['snapshot'], cell: string, keyspace: string): SrvKeyspace | undefined {
  const reading = snapshot.cells.find(({ name }) => name === cell)?.srvKeyspaces.get(keyspace);
  return reading === undefined ? undefined : loadedValue(reading);
}

function partitionOf(srvKeyspace: SrvKeyspace, servedType: (typeof servedTypes)[number]) {
  const found = srvKeyspace.partitions.find((partition) => partition.servedType === servedType);
  if (found !== undefined) return found;
  const added = create(SrvKeyspace_KeyspacePartitionSchema, { servedType });
  srvKeyspace.partitions.push(added);
  return added;
}
