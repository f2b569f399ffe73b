import assert from 'node:assert/strict';
import { cellRecord, globalRecord } from '../../../src/model/record.ts';
import type { TopologyData } from '../../../src/model/topologyData.ts';
import { TabletType } from '../../../src/records/gen/topodata_pb.js';
import { captureNames, loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withCopiedCell, withFailedCell, withShard, withSrvKeyspace, withoutRecord } from '../../support/edit.ts';
import { standardTopology } from '../../support/moves.ts';
import { withNewShards, withReshardedReads } from '../../support/reshard.ts';
import { assertClean, assertFinding, assertIncomplete, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const code = 'stale-srv-keyspace';
const switched = standardTopology();
const record = cellRecord.srvKeyspace('zone1', 'customer');

function withoutReference(type: TabletType): TopologyData {
  return withSrvKeyspace(switched, 'zone1', 'customer', ({ partitions }) => {
    partitions.find(({ servedType }) => servedType === type)?.shardReferences.pop();
  });
}

const lacking = withoutReference(TabletType.REPLICA);

describe(code, () => {
  it('is silent where every partition lists the shards that serve', () => {
    for (const name of captureNames) assertClean(loadCapture(name), code);
    assertClean(switched, code);
  });

  it('points at the partition that lacks a shard, and says what the Shard records give', () => {
    assertFinding(lacking, onlyFinding(lacking, code), {
      code,
      severity: 'warning',
      keyspace: 'customer',
      cell: 'zone1',
      record: 'zone1/keyspaces/customer/SrvKeyspace',
      text: '[ { "name": "-80", "key_range": { "start": "", "end": "gA==" } } ]',
      says: [
        /^zone1's SrvKeyspace of customer lists -80 for REPLICA, but by the Shard records -80 and 80- serve\./,
        /Next: run `vtctldclient RebuildKeyspaceGraph --cells zone1 customer`/,
      ],
    });
  });

  it('reports a shard that no longer serves, and a partition that is missing', () => {
    const off = withShard(switched, 'customer', '80-', (shard) => {
      shard.isPrimaryServing = false;
    });
    assert.equal(findingsOf(off, code).length, 3);
    const partition = withSrvKeyspace(switched, 'zone1', 'customer', ({ partitions }) => partitions.shift());
    const finding = onlyFinding(partition, code);
    assert.match(finding.message, /lists no shard for PRIMARY/);
    assert.deepEqual(finding.places[0].path, ['partitions']);
  });

  it('compares key ranges, by which vtgates route, and not the order', () => {
    const reordered = withSrvKeyspace(switched, 'zone1', 'customer', ({ partitions }) => {
      for (const { shardReferences } of partitions) shardReferences.reverse();
    });
    assertClean(reordered, code);
    const ranged = withSrvKeyspace(switched, 'zone1', 'customer', ({ partitions }) => {
      const range = partitions[0]?.shardReferences[0]?.keyRange;
      if (range !== undefined) range.end = Uint8Array.of(0x40);
    });
    assert.match(onlyFinding(ranged, code).message, /lists -80 \(as -40\) and 80- for PRIMARY/);
  });

  it('leaves a Reshard that runs, its switched reads included, and not its writes', () => {
    assertClean(withNewShards(switched, 'customer', ['-40', '40-80']), code);
    const reads = withReshardedReads(switched, 'customer', 'zone1');
    assertClean(reads, code);
    const writes = withSrvKeyspace(reads, 'zone1', 'customer', ({ partitions }) => {
      const [primary, replica] = partitions;
      if (primary !== undefined && replica !== undefined) primary.shardReferences = replica.shardReferences;
    });
    assert.match(onlyFinding(writes, code).message, /lists -20 and 20- for PRIMARY, but .* -80 and 80- serve/);
  });

  it('asks for a SrvKeyspace only where the cell has tablets of the keyspace', () => {
    const commerce = cellRecord.srvKeyspace('zone1', 'commerce');
    const absent = withoutRecord(switched, commerce);
    const finding = onlyFinding(absent, code);
    assert.deepEqual([finding.keyspace, finding.places[0].path], ['commerce', []]);
    assert.match(finding.message, /^zone1 has tablets of commerce and no SrvKeyspace of it: its vtgates cannot route/);
    const copied = withCopiedCell(switched, 'zone1', 'zone2');
    assertClean(withoutRecord(copied, cellRecord.srvKeyspace('zone2', 'commerce')), code);
  });

  it('reports a SrvKeyspace of a keyspace that is gone', () => {
    const global = switched.global.filter(({ path }) => !path.startsWith('keyspaces/customer/'));
    const finding = onlyFinding({ ...switched, global }, code);
    assert.match(
      finding.message,
      /^zone1 still has a SrvKeyspace of customer, which the topology no longer has\. Next: delete that record/,
    );
  });

  it('says nothing without the record, a shard that it is told from, or the cell', () => {
    for (const unread of [record, globalRecord.shard('customer', '80-')]) {
      assertUnchecked(corrupt(lacking, unread), code, unread);
    }
    const cell = withFailedCell(lacking, 'zone1');
    assertIncomplete(cell, globalRecord.cellInfo('zone1'));
    assert.deepEqual(findingsOf(cell, code), []);
  });

  it('does not take a keyspace for gone, or a cell for one with tablets, whose records cannot be read', () => {
    assertUnchecked(corrupt(switched, globalRecord.keyspace('customer')), code, globalRecord.keyspace('customer'));
    const absent = withoutRecord(switched, cellRecord.srvKeyspace('zone1', 'commerce'));
    const tablet = cellRecord.tablet('zone1', 'zone1-0000000100');
    assertUnchecked(corrupt(absent, tablet), code, tablet);
  });
});
