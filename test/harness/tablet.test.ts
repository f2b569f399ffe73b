import assert from 'node:assert/strict';
import { create, toBinary } from '@bufbuild/protobuf';
import { globalRecord } from '../../src/model/record.ts';
import { Shard_TabletControlSchema, ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { TabletManagerRefresher } from '../../src/vtctld/tabletManager.ts';
import { commerce, primary, replica, startCluster, within, type Cluster } from '../vtctld/cluster.ts';
import { startEtcd, type EtcdServer } from './etcd.ts';

type Control = readonly [type: TabletType, cells: readonly string[], denied: readonly string[]];

describe('startTablets', function () {
  this.timeout(30_000);
  let etcd: EtcdServer;
  let cluster: Cluster;
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    cluster = await startCluster(etcd);
  });
  afterEach(() => {
    cluster.tablets.stop();
  });

  async function putControls(...controls: readonly Control[]): Promise<void> {
    const tabletControls = controls.map(([tabletType, cells, deniedTables]) =>
      create(Shard_TabletControlSchema, { tabletType, cells: [...cells], deniedTables: [...deniedTables] }),
    );
    const value = Buffer.from(toBinary(ShardSchema, create(ShardSchema, { tabletControls })));
    await etcd.client.put(`/vitess/global/${globalRecord.shard('commerce', '0').path}`).value(value);
  }

  it('has tablets enforce what their Shard record says when they start', () => {
    const tablet = cluster.tablets.get(primary);
    assert.deepEqual(tablet.denied, ['corder', 'customer']);
    assert.ok(tablet.denies('Customer') && !tablet.denies('product'));
    assert.deepEqual(cluster.tablets.get(replica).denied, []);
  });

  it('has a tablet learn of a change on RefreshState only, and keeps the order of events', async () => {
    await putControls([TabletType.PRIMARY, [], ['/^cust/']]);
    const tablet = cluster.tablets.get(primary);
    assert.ok(tablet.denies('corder'));
    await new TabletManagerRefresher().refresh(await cluster.targets(commerce), within(2000));
    assert.ok(tablet.denies('CUSTOMER') && !tablet.denies('corder'));
    const calls = cluster.tablets.journal.filter(({ alias }) => alias === primary);
    assert.deepEqual(
      calls.map(({ call, denies }) => [call, denies]),
      [
        ['start', ['corder', 'customer']],
        ['RefreshState', ['/^cust/']],
      ],
    );
  });

  it('has the last control of a tablet’s type count that names its cell or none', async () => {
    await putControls(
      [TabletType.PRIMARY, [], ['first']],
      [TabletType.PRIMARY, ['zone1'], ['second']],
      [TabletType.PRIMARY, ['zone2'], ['third']],
      [TabletType.REPLICA, [], ['fourth']],
    );
    await cluster.tablets.get(primary).refreshState();
    assert.deepEqual(cluster.tablets.get(primary).denied, ['second']);
  });

  it('has a tablet that was killed read its record when it comes back', async () => {
    const tablet = cluster.tablets.get(primary);
    await tablet.setFault('crash');
    await tablet.refreshState();
    await putControls();
    assert.ok(tablet.denies('corder'));
    await tablet.setFault(undefined);
    assert.deepEqual(tablet.denied, []);
    const [shard] = await cluster.targets(commerce);
    assert.equal(shard?.tablets[0]?.grpcPort, tablet.server.port);
  });
});
