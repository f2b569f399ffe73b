import type { Finding } from '../../model/finding.ts';
import { cellRecord } from '../../model/record.ts';
import { remember } from '../../model/remember.ts';
import type { SrvKeyspace } from '../../records/gen/topodata_pb.js';
import { tabletTypeName } from '../../records/tabletTypeName.ts';
import { isResharding } from '../keyspaceFacts.ts';
import type { DiagnosisInput } from '../rule.ts';

const isDisabledSomewhere = remember(({ partitions }: SrvKeyspace) =>
  partitions.some(({ shardTabletControls }) => shardTabletControls.some((control) => control.queryServiceDisabled)),
);

/**
 * A cell's SrvKeyspace has a shard's query service switched off. A Reshard that
 * has switched reads does that to the shards that it no longer lists for them:
 * such a control is no finding while the keyspace is being resharded.
 */
export function queryServiceDisabled({ snapshot }: DiagnosisInput): Finding[] {
  return snapshot.cells.flatMap((cell) =>
    [...cell.srvKeyspaces].flatMap(([keyspace, reading]) => {
      if (reading.status !== 'loaded' || !isDisabledSomewhere(reading.value)) return [];
      const resharding = isResharding(snapshot.keyspaces.get(keyspace));
      return reading.value.partitions.flatMap(({ servedType, shardReferences, shardTabletControls }, partition) =>
        shardTabletControls.flatMap(({ name, queryServiceDisabled: disabled }, index): Finding[] => {
          const listed = shardReferences.some((reference) => reference.name === name);
          if (!disabled || (resharding && !listed)) return [];
          const type = tabletTypeName(servedType);
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
                `${cell.name}'s SrvKeyspace switches the query service of ${keyspace}/${name} off for ${type}: ` +
                `${listed ? 'queries of that type fail there' : 'its tablets of that type do not serve'}, and RebuildKeyspaceGraph refuses to run. Next: find the Reshard or migration of ${keyspace} that left it and finish or cancel that.`,
              fixable: false,
            },
          ];
        }),
      );
    }),
  );
}
