import type { Finding } from '../../model/finding.ts';
import { cellRecord } from '../../model/record.ts';
import { TabletType } from '../../records/gen/topodata_pb.js';
import type { DiagnosisInput } from '../rule.ts';

/** A cell's SrvKeyspace has a shard's query service switched off. */
export function queryServiceDisabled({ snapshot }: DiagnosisInput): Finding[] {
  return snapshot.cells.flatMap((cell) =>
    [...cell.srvKeyspaces].flatMap(([keyspace, reading]) => {
      if (reading.status !== 'loaded') return [];
      return reading.value.partitions.flatMap(({ servedType, shardTabletControls }, partition) =>
        shardTabletControls.flatMap(({ name, queryServiceDisabled: disabled }, index): Finding[] => {
          if (!disabled) return [];
          const type = TabletType[servedType] ?? String(servedType);
          return [
            {
              code: 'query-service-disabled',
              severity: 'error',
              keyspace,
              shard: name,
              cell: cell.name,
              tables: [],
              places: [
                {
                  record: cellRecord.srvKeyspace(cell.name, keyspace),
                  path: ['partitions', partition, 'shard_tablet_controls', index],
                },
              ],
              related: [],
              message:
                `${cell.name}'s SrvKeyspace switches the query service of ${keyspace}/${name} off for ${type}: queries of that type fail there, ` +
                `and RebuildKeyspaceGraph refuses to run. Next: find the Reshard or migration of ${keyspace} that left it and finish or cancel that.`,
              fixable: false,
            },
          ];
        }),
      );
    }),
  );
}
