import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { Plan } from '../../src/model/plan.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startCluster, type EtcdCluster } from '../harness/etcdCluster.ts';
import { counted, printCounts } from './counts.ts';
import { assertExplained, assertNeverBothOpen, assertTruthful, finishRepair } from './expectations.ts';
import { FaultWorld, type Run, type RunOptions } from './faultWorld.ts';
import { Proxies } from './proxies.ts';
import { reverseKilled } from './states.ts';

/** The calls of a run after which something is different. */
const changing = ['openWriter', 'releaseAbandoned', 'lock', 'commit', 'refresh', 'close'];

describe('a repair whose etcd is in trouble', function () {
  this.timeout(5 * 60_000);
  after(() => {
    printCounts('servers');
  });

  const inWorld = async (etcd: EtcdServer, work: (world: FaultWorld, plan: Plan) => Promise<void>): Promise<void> => {
    const world = await FaultWorld.place(reverseKilled, etcd);
    try {
      await work(world, (await world.plan()) ?? assert.fail('nothing is planned'));
    } finally {
      await world.stop();
    }
  };

  interface Trouble {
    readonly etcd: EtcdServer;
    /** Of the run with the trouble. */
    readonly options?: RunOptions;
    readonly group: string;
    readonly begin: (world: FaultWorld) => Promise<void>;
    readonly end: (world: FaultWorld) => Promise<void>;
    readonly check: (run: Run['run'], called: string) => void;
  }

  /** Has the trouble begin before each call that changes something, checks how the run ends, and has the next one finish. */
  const beforeEachChange = async ({ etcd, options, group, begin, end, check }: Trouble): Promise<void> => {
    let calls: readonly string[] = [];
    await inWorld(etcd, async (world, plan) => {
      const undisturbed = await world.repair({ ...options, plan });
      assert.equal(undisturbed.run.status, 'done', undisturbed.run.message);
      ({ calls } = undisturbed);
    });
    const places = [...calls.keys()].filter((call) => changing.includes(calls[call] ?? ''));
    for (const at of places) {
      const called = calls[at] ?? '';
      await inWorld(etcd, async (world, plan) => {
        const { run } = await world.repair({
          ...options,
          plan,
          intervene: async ({ index }, call) => {
            if (index === at) await begin(world);
            return call();
          },
        });
        try {
          await assertTruthful(world, run);
          check(run, called);
          await assertNeverBothOpen(world);
          await assertExplained(world);
          await end(world);
          await finishRepair(world, plan, run.message ?? '');
        } catch (error) {
          throw new Error(`before call ${at}, ${called}: ${(error as Error).message}`, { cause: error });
        }
      });
      counted('servers', group);
    }
  };

  describe('of one member', () => {
    let etcd: EtcdServer;
    before(async () => {
      etcd = await startEtcd();
    });
    after(() => etcd.stop());

    it('writes nothing more once its lease is gone', () =>
      beforeEachChange({
        etcd,
        group: 'the lease is gone',
        begin: (world) => world.expireLocks(),
        end: () => Promise.resolve(),
        check: ({ status, message = '' }) => {
          if (status !== 'done') assert.match(message, /(locks?|lease) .*(lost|gone|revoked)/);
        },
      }));

    it('ends when its lease expires while tablets are waited for', () =>
      inWorld(etcd, async (world, plan) => {
        const proxies = await Proxies.put(world);
        try {
          for (const tablet of world.tablets.all) await tablet.setFault('hang');
          const { run } = await world.repair({
            plan: (await world.plan()) ?? plan,
            etcd: { ...proxies.topology(world), lockTtlSeconds: 2 },
            intervene: ({ name }, call) => {
              if (name === 'refresh') proxies.etcd.set({ kind: 'half-open' });
              return call();
            },
            limits: { lockWaitMs: 2000, callMs: 1000, tabletMs: 60_000, undoMs: 5000 },
          });
          assert.equal(run.status, 'stopped', run.message);
          assert.match(run.message ?? '', /locks? .*lost/i);
          for (const tablet of world.tablets.all) await tablet.setFault(undefined);
          proxies.setAll({ kind: 'forward' });
          await assertNeverBothOpen(world);
          await assertExplained(world);
          await finishRepair(world, plan, run.message ?? '');
          counted('servers', 'the lease expires');
        } finally {
          await proxies.stop();
        }
      }));
  });

  it('says that etcd’s quota is used up, and has taken back or tells what stands', async () => {
    const etcd = await startEtcd({ flags: [`--quota-backend-bytes=${4 * 1024 * 1024}`] });
    try {
      await beforeEachChange({
        etcd,
        group: 'the quota is used up',
        begin: () => fill(etcd),
        end: (world) => makeRoom(etcd, world),
        check: ({ status, message = '' }, called) => {
          if (called === 'refresh' || called === 'close') return;
          assert.notEqual(status, 'done');
          assert.match(message, /NOSPACE/);
        },
      });
    } finally {
      await etcd.stop();
    }
  });

  it('says what its user may not do any more', async () => {
    const etcd = await startEtcd({ rootPassword: 'geheim', flags: ['--bcrypt-cost=4'] });
    const as = { user: 'operator', password: 'reparieren' };
    try {
      const role = await etcd.client.role('repairer').create();
      const everything = { permission: 'Readwrite', range: etcd.client.range({ prefix: '/t' }) } as const;
      await role.grant(everything);
      const operator = await etcd.client.user(as.user).create(as.password);
      await operator.addRole('repairer');
      await beforeEachChange({
        etcd,
        options: { etcd: as },
        group: 'permissions are revoked',
        begin: async () => {
          await role.revoke(everything);
        },
        end: async () => {
          await role.grant(everything);
        },
        check: ({ message = '' }, called) => {
          if (called !== 'close') assert.match(message, /may not|permission/);
        },
      });
      await beforeEachChange({
        etcd,
        options: { etcd: as },
        group: 'the user is removed',
        begin: async () => {
          await operator.delete();
        },
        end: async () => {
          await (await etcd.client.user(as.user).create(as.password)).addRole('repairer');
        },
        check: ({ message = '' }, called) => {
          if (called !== 'close') assert.match(message, /user|password|may not|permission/);
        },
      });
    } finally {
      await etcd.stop();
    }
  });

  it('goes on when the leader of its cluster falls silent', async () => {
    const cluster = await startCluster(3);
    try {
      for (const called of ['lock', 'commit', 'refresh', 'close']) await withoutLeader(cluster, called);
    } finally {
      await cluster.stop();
    }
  });

  const withoutLeader = async (cluster: EtcdCluster, called: string): Promise<void> => {
    const leader = await cluster.leader();
    const follower = cluster.members.find((member) => member !== leader) ?? assert.fail('no follower');
    await inWorld(follower, async (world, plan) => {
      let isSilent = false;
      const { run } = await world.repair({
        plan,
        etcd: { endpoints: cluster.members.map(({ endpoint }) => endpoint), cellAddresses: { zone1: 'global' } },
        intervene: ({ name }, call) => {
          if (name === called && !isSilent) {
            isSilent = true;
            leader.suspend();
          }
          return call();
        },
      });
      leader.resume();
      assert.ok(isSilent);
      assert.equal(run.status, 'done', run.message);
      await assertTruthful(world, run);
      await assertNeverBothOpen(world);
      await finishRepair(world, plan, run.message ?? '');
      counted('servers', 'the leader falls silent');
    });
  };
});

/** Writes until etcd raises its alarm. */
async function fill(etcd: EtcdServer): Promise<void> {
  // A client whose calls failed does not call again for a while.
  const client = new Etcd3(etcd.clientOptions);
  try {
    for (let index = 0; ; index++) await client.put(`fill/${index}`).value(Buffer.alloc(512 * 1024));
  } catch (error) {
    assert.match(String(error), /space exceeded/);
  } finally {
    client.close();
  }
}

/** Does what etcd's manual says to do after the alarm; the history before is gone then. */
async function makeRoom(etcd: EtcdServer, world: FaultWorld): Promise<void> {
  const client = new Etcd3(etcd.clientOptions);
  try {
    await client.delete().prefix('fill/');
    const { header } = await client.get('fill').exec();
    await client.kv.compact({ revision: header.revision, physical: true });
    await client.maintenance.defragment();
    const { member_id: memberID } = header;
    await client.maintenance.alarm({ action: 'Deactivate', memberID, alarm: 'Nospace' });
  } finally {
    client.close();
  }
  await world.begin();
}
