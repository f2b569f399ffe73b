import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { cellRecord } from '../../../src/model/record.ts';
import type { TopologyData } from '../../../src/model/topologyData.ts';
import { ShardTabletControlSchema, TabletType } from '../../../src/records/gen/topodata_pb.js';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withFailedCell, withSrvKeyspace } from '../../support/edit.ts';
import { standardTopology } from '../../support/moves.ts';
import { withReshardedReads } from '../../support/reshard.ts';
import { assertClean, assertFinding, assertIncomplete, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'query-service-disabled';
const switched = standardTopology();
const record = cellRecord.srvKeyspace('zone1', 'customer');

function withControl(data: TopologyData, type: TabletType, name: string, queryServiceDisabled: boolean): TopologyData {
  return withSrvKeyspace(data, 'zone1', 'customer', ({ partitions }) => {
    const partition = partitions.find(({ servedType }) => servedType === type);
    partition?.shardTabletControls.push(create(ShardTabletControlSchema, { name, queryServiceDisabled }));
  });
}

const disabled = withControl(switched, TabletType.REPLICA, '80-', true);

describe(code, () => {
  it('is silent where no control is left on', () => {
    assertClean(switched, code);
    assertClean(withControl(switched, TabletType.PRIMARY, '-80', false), code);
  });

  it('points at the control in the partition of the type', () => {
    assertFinding(disabled, onlyFinding(disabled, code), {
      code,
      severity: 'error',
      keyspace: 'customer',
      shard: '80-',
      cell: 'zone1',
      record: 'zone1/keyspaces/customer/SrvKeyspace',
      text: '{ "name": "80-", "query_service_disabled": true }',
      says: [
        /^zone1's SrvKeyspace switches the query service of customer\/80- off for REPLICA: queries of that type fail there, and RebuildKeyspaceGraph refuses to run/,
        /Next: find the Reshard or migration of customer that left it/,
      ],
    });
  });

  it('leaves the old shards of a running Reshard that has switched reads', () => {
    const resharding = withReshardedReads(switched, 'customer', 'zone1');
    assertClean(resharding, code);
    // A shard that is listed all the same cannot answer.
    assert.equal(onlyFinding(withControl(resharding, TabletType.PRIMARY, '-80', true), code).shard, '-80');
  });

  it('reports a control of a shard that is not listed where nothing is resharded', () => {
    const finding = onlyFinding(withControl(switched, TabletType.RDONLY, 'gone', true), code);
    assert.match(finding.message, /off for RDONLY: its tablets of that type do not serve/);
  });

  it('tells a running Reshard from the shards’ names, also when their records cannot be read', () => {
    const resharding = withReshardedReads(switched, 'customer', 'zone1');
    const shard = { path: 'keyspaces/customer/shards/-20/Shard' };
    assertUnchecked(corrupt(resharding, shard), code, shard);
  });

  it('says nothing of a SrvKeyspace or a cell that cannot be read', () => {
    assertUnchecked(corrupt(disabled, record), code, record);
    const unreached = withFailedCell(disabled, 'zone1');
    assertIncomplete(unreached, { path: 'cells/zone1/CellInfo' });
    assert.deepEqual(findingsOf(unreached, code), []);
  });
});
