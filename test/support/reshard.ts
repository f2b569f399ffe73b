/** What a Reshard leaves on its way. */
import { create } from '@bufbuild/protobuf';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { SrvKeyspaceSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { bytesOf, withShard, withSrvKeyspace } from './edit.ts';
import { keyRangeOf } from './topologySpec.ts';

/** Adds shards that are not there yet; a Reshard's serve nothing until it has switched writes. */
export function withNewShards(
  data: TopologyData,
  keyspace: string,
  shards: readonly string[],
  serving = false,
): TopologyData {
  return shards.reduce((edited, shard) => {
    if (bytesOf(edited, globalRecord.shard(keyspace, shard)) !== undefined) return edited;
    return withShard(edited, keyspace, shard, (record) => {
      record.isPrimaryServing = serving;
      const range = keyRangeOf(shard);
      if (range !== undefined) record.keyRange = { $typeName: 'topodata.KeyRange', ...range };
    });
  }, data);
}

/** A Reshard to -20 and 20- that has switched replica reads in a cell: new shards listed, old ones switched off. */
export function withReshardedReads(data: TopologyData, keyspace: string, cell: string): TopologyData {
  return withSrvKeyspace(withNewShards(data, keyspace, ['-20', '20-']), cell, keyspace, (served) => {
    const replica = served.partitions.find(({ servedType }) => servedType === TabletType.REPLICA);
    if (replica === undefined) return;
    const off = replica.shardReferences.map(({ name }) => ({ name, queryServiceDisabled: true }));
    const listed = ['-20', '20-'].map((name) => ({ name, keyRange: keyRangeOf(name) ?? {} }));
    const { partitions } = create(SrvKeyspaceSchema, {
      partitions: [{ shardReferences: listed, shardTabletControls: off }],
    });
    replica.shardReferences = partitions[0]?.shardReferences ?? [];
    replica.shardTabletControls = partitions[0]?.shardTabletControls ?? [];
  });
}
