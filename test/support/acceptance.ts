/** Which sides of a move accept writes of a table, told from the Shard records' bytes alone. */
import { fromBinary } from '@bufbuild/protobuf';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { ShardSchema, TabletType, type Shard } from '../../src/records/gen/topodata_pb.js';
import type { TopologySpec } from './topologySpec.ts';

/** `move table` of every table of a standard move that some shard of both its sides accepts. */
export function openOnBothSides(data: TopologyData, { moves }: TopologySpec): Set<string> {
  const open = moves.flatMap((move, index) =>
    move.kind === 'standard'
      ? move.tables
          .filter((table) => [move.source, move.target].every((side) => accepts(data, side, table)))
          .map((table) => `${index} ${table}`)
      : [],
  );
  return new Set(open);
}

function accepts(data: TopologyData, keyspace: string, table: string): boolean {
  const shards = data.global
    .filter(
      ({ path, value }) =>
        path.startsWith(`keyspaces/${keyspace}/shards/`) && path.endsWith('/Shard') && value[0] !== 0xff,
    )
    .map(({ value }) => fromBinary(ShardSchema, value));
  const serving = shards.filter(({ isPrimaryServing }) => isPrimaryServing);
  return (serving.length > 0 ? serving : shards).some((shard) => !denies(shard, table));
}

function denies({ tabletControls }: Shard, table: string): boolean {
  const followed = tabletControls.findLast(({ tabletType }) => tabletType === TabletType.PRIMARY);
  return followed?.deniedTables.some((entry) => entry.toLowerCase() === table.toLowerCase()) ?? false;
}
