import assert from 'node:assert/strict';
import type { FindingCode } from '../../src/model/finding.ts';
import { ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { RoutingRulesSchema, SrvVSchemaSchema } from '../../src/records/gen/vschema_pb.js';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { RepairWorld } from './repairWorld.ts';

const root = '/vitess/global';
const sourceKey = `${root}/keyspaces/commerce/shards/0/Shard`;

describe('vitess-topo on other broken topologies', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let world: RepairWorld;

  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    world = await RepairWorld.start(etcd, '04-all-switched');
  });
  afterEach(() => world.stop());

  const lockKey = 'keyspaces/commerce/locks/4711';
  const contents = (time: Date) =>
    JSON.stringify({
      Action: 'SwitchWrites',
      HostName: 'gone-host',
      UserName: 'vt',
      Status: '',
      Time: time.toISOString(),
    });

  async function lock(leaseId = '0'): Promise<void> {
    await etcd.client.put(`${root}/${lockKey}`).value(contents(new Date())).lease(leaseId).exec();
  }

  const broken: [string, FindingCode, () => Promise<void>][] = [
    [
      'dangling rules',
      'dangling-rule',
      () =>
        world.edit(`${root}/RoutingRules`, RoutingRulesSchema, ({ rules }) => {
          rules.push({ $typeName: 'vschema.RoutingRule', fromTable: 'lost', toTables: ['gone.lost'] });
        }),
    ],
    [
      'an orphan denied table',
      'orphan-denied-tables',
      () =>
        world.edit(sourceKey, ShardSchema, ({ tabletControls }) => {
          tabletControls[0]?.deniedTables.push('orphan');
        }),
    ],
    [
      'a duplicate control',
      'duplicate-control',
      () =>
        world.edit(sourceKey, ShardSchema, ({ tabletControls }) => {
          const [first] = tabletControls;
          assert.ok(first?.tabletType === TabletType.PRIMARY);
          tabletControls.push({ ...first, deniedTables: [...first.deniedTables] });
        }),
    ],
    [
      'a stale SrvVSchema alone',
      'stale-srv-vschema',
      () =>
        world.edit('/vitess/zone1/SrvVSchema', SrvVSchemaSchema, (srv) => {
          for (const rule of srv.routingRules?.rules ?? []) rule.toTables = ['commerce.corder'];
        }),
    ],
    ['an abandoned lock alone', 'abandoned-lock', () => lock()],
  ];
  for (const [what, code, breakIt] of broken) {
    it(`repairs ${what}`, async () => {
      await breakIt();
      const found = (await world.judged()).diagnosed.findings.map((finding) => finding.code);
      assert.ok(found.includes(code), found.join());
      const { exitCode, out } = await world.run(['repair', '--yes']);
      assert.equal(exitCode, 0, out);
      assert.deepEqual((await world.judged()).diagnosed.findings, []);
      assert.match((await world.run(['repair', '--yes'])).out, /Nothing to repair/);
    });
  }

  it('lists locks with holder, age, lease and evidence', async () => {
    assert.match((await world.run(['locks'])).out, /No lock is held/);
    const { ID } = await etcd.client.leaseClient.leaseGrant({ TTL: 60 });
    await lock(ID);
    const { exitCode, out } = await world.run(['locks']);
    assert.equal(exitCode, 0);
    assert.match(out, /^held keyspaces\/commerce {2}keyspaces\/commerce\/locks\/4711$/m);
    assert.match(out, /vt@gone-host for SwitchWrites, since .*, \d+ s ago/);
    assert.match(out, /its lease expires in \d+ s of 1 min; its lease was granted or renewed \d+ s ago/);
    const { locks } = JSON.parse((await world.run(['locks', '--format', 'json'])).out) as { locks: object[] };
    assert.deepEqual(Object.keys(locks[0] ?? {}).sort(), [
      'ageSeconds',
      'evidence',
      'grantedTtlSeconds',
      'holder',
      'leaseTtlSeconds',
      'lockedPath',
      'record',
      'state',
    ]);
  });

  it('releases an abandoned lock after it named the holder', async () => {
    await lock();
    const questions: string[] = [];
    const answer = (yes: boolean) => ({
      ask: (question: string) => {
        questions.push(question);
        return Promise.resolve(yes);
      },
    });
    assert.equal((await world.run(['locks', '--release', lockKey], answer(false))).exitCode, 1);
    assert.match(
      questions[0] ?? '',
      /^keyspaces\/commerce is held by vt@gone-host for SwitchWrites, since .*\? \[y\/N\] $/,
    );
    assert.ok(await isLocked());
    const { exitCode, out } = await world.run(['locks', '--release', lockKey], answer(true));
    assert.equal(exitCode, 0, out);
    assert.ok(!(await isLocked()));
    assert.equal((await world.runs())[0]?.status, 'done');
    const again = await world.run(['locks', '--release', lockKey, '--yes']);
    assert.equal(again.exitCode, 0);
    assert.match(again.out, /There is no lock/);
  });

  it('refuses to release a lock that shows life', async () => {
    const { ID } = await etcd.client.leaseClient.leaseGrant({ TTL: 60 });
    await lock(ID);
    const { exitCode, out } = await world.run(['locks', '--release', lockKey, '--yes']);
    assert.equal(exitCode, 1);
    assert.match(out.replace(/\s+/g, ' '), /It is not released: keyspaces\/commerce is locked by vt@gone-host/);
    assert.ok(await isLocked());
  });

  async function isLocked(): Promise<boolean> {
    return (await etcd.client.get(`${root}/${lockKey}`).string()) !== null;
  }
});
