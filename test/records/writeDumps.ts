/** A topology as vtctldclient would print it: one text for each dump that an operator can make. */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { loadedValue, type Reading } from '../../src/model/reading.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { recordToJson } from '../../src/records/recordJson.ts';
import { recordSchemas } from '../../src/records/recordTypes.ts';
import type { RecordKind } from '../../src/records/topoKey.ts';

export interface WrittenDump {
  readonly name: string;
  readonly text: string;
}

/** Every dump of a topology; what could not be read has none, since vtctldclient fails there. */
export function writeDumps(data: TopologyData): WrittenDump[] {
  const snapshot = decodeSnapshot(data);
  const dumps = new Map<string, unknown>();
  const put = (name: string, kind: RecordKind, reading: Reading<MessageShape<DescMessage>>, empty?: object): void => {
    const value = loadedValue(reading);
    if (value !== undefined) dumps.set(name, JSON.parse(recordToJson<DescMessage>(recordSchemas[kind], value)));
    else if (reading.status === 'absent' && empty !== undefined) dumps.set(name, empty);
  };
  put('GetRoutingRules', 'RoutingRules', snapshot.routingRules, { rules: [] });
  put('GetShardRoutingRules', 'ShardRoutingRules', snapshot.shardRoutingRules, { rules: [] });
  put('GetKeyspaceRoutingRules', 'KeyspaceRoutingRules', snapshot.keyspaceRoutingRules, { rules: [] });
  put('GetMirrorRules', 'MirrorRules', snapshot.mirrorRules, { rules: [] });
  for (const { name, vschema, shards } of snapshot.keyspaces.values()) {
    put(`GetVSchema-${name}`, 'VSchema', vschema, {});
    const all: Record<string, unknown> = {};
    for (const shard of shards) {
      const value = loadedValue(shard.shard);
      if (value === undefined) continue;
      const named = {
        keyspace: name,
        name: shard.name,
        shard: JSON.parse(recordToJson(recordSchemas.Shard, value)) as unknown,
      };
      dumps.set(`GetShard-${name}-${shard.name}`, named);
      all[shard.name] = named;
    }
    if (shards.every(({ shard }) => shard.status === 'loaded'))
      dumps.set(`FindAllShardsInKeyspace-${name}`, { shards: all });
    const byCell: Record<string, unknown> = {};
    for (const cell of snapshot.cells) {
      const reading = cell.srvKeyspaces.get(name) ?? { status: 'absent' };
      const value = loadedValue(reading);
      if (value !== undefined) byCell[cell.name] = JSON.parse(recordToJson(recordSchemas.SrvKeyspace, value));
      else if (reading.status === 'absent' && cell.failure === undefined) byCell[cell.name] = null;
    }
    if (Object.values(byCell).some((value) => value !== null)) dumps.set(`GetSrvKeyspaces-${name}`, byCell);
  }
  if ([...snapshot.keyspaces.values()].every(({ keyspace }) => keyspace.status === 'loaded')) {
    dumps.set(
      'GetKeyspaces',
      [...snapshot.keyspaces.keys()].map((name) => ({ name, keyspace: { durability_policy: 'none' } })),
    );
  }
  for (const cell of snapshot.cells) put(`GetSrvVSchema-${cell.name}`, 'SrvVSchema', cell.srvVSchema);
  dumps.set(
    'GetCellInfoNames',
    snapshot.cells.map(({ name }) => name),
  );
  const tablets = snapshot.cells.flatMap((cell) => cell.tablets.flatMap(({ tablet }) => loadedValue(tablet) ?? []));
  dumps.set(
    'GetTablets',
    tablets.map((tablet) => JSON.parse(recordToJson(recordSchemas.Tablet, tablet)) as unknown),
  );
  return [...dumps].map(([name, value]) => ({ name: `${name}.json`, text: JSON.stringify(value, undefined, 2) }));
}
