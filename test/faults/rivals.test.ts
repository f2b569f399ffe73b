import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { planChanges, type Plan } from '../../src/model/plan.ts';
import { globalRecord, recordName } from '../../src/model/record.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import { mapLimited } from '../../src/topology/concurrency.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { bytesOf, withRoutes } from '../support/edit.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';
import { counted, printCounts } from './counts.ts';
import { assertExplained, assertHealthy, assertNeverBothOpen, assertTruthful, finishRepair } from './expectations.ts';
import { FaultWorld, patience, type RunOptions } from './faultWorld.ts';
import { move, reverseKilled } from './states.ts';
import { eventsOf } from './timeline.ts';
import { lockAsVitess } from './vitessLock.ts';

/** Half of a run is waiting for etcd. */
const parallel = 4;

/** What a rival adds to a record: fields that nobody knows, so that no repair makes it by itself. */
const rivalField = wireDelimited(15_001, 'written by another');

/** Every kind of record that is near a repair; the last ones are not there at first. */
const records = [
  'RoutingRules',
  'cells/zone1/CellInfo',
  'keyspaces/commerce/Keyspace',
  'keyspaces/customer/VSchema',
  'keyspaces/commerce/shards/0/Shard',
  'keyspaces/customer/shards/-80/Shard',
  'keyspaces/customer/shards/80-/Shard',
  'zone1/SrvVSchema',
  'zone1/keyspaces/customer/SrvKeyspace',
  'zone1/tablets/zone1-0000000100/Tablet',
  'ShardRoutingRules',
  'MirrorRules',
  'routing_rules/keyspace/Rules',
];

describe('a repair with rivals', function () {
  this.timeout(5 * 60_000);
  let etcd: EtcdServer;
  let calls: readonly string[] = [];
  before(async () => {
    etcd = await startEtcd();
    await inWorld(async (world) => {
      const undisturbed = await world.repair();
      assert.equal(undisturbed.run.status, 'done', undisturbed.run.message);
      ({ calls } = undisturbed);
    });
  });
  after(async () => {
    printCounts('rivals');
    await etcd.stop();
  });

  const inWorld = async (work: (world: FaultWorld) => Promise<void>): Promise<void> => {
    const world = await FaultWorld.place(reverseKilled, etcd);
    try {
      await work(world);
    } finally {
      await world.stop();
    }
  };
  /** The calls before which something is done: nothing of the topology depends on the others. */
  const places = (): number[] => [...calls.keys()].filter((call) => calls[call] !== 'save');

  /** Has the rival act before each call of a repair, and tells where something was wrong. */
  const beforeEachCall = async (
    group: string,
    work: (world: FaultWorld, plan: Plan, before: (rival: () => Promise<void>) => RunOptions) => Promise<void>,
  ): Promise<void> => {
    await mapLimited(places(), parallel, async (at) => {
      await inWorld(async (world) => {
        const plan = (await world.plan()) ?? assert.fail('nothing is planned');
        const before = (rival: () => Promise<void>): RunOptions => ({
          plan,
          intervene: async ({ index }, call) => {
            if (index === at) await rival();
            return call();
          },
        });
        try {
          await work(world, plan, before);
        } catch (error) {
          throw new Error(`before call ${at}, ${calls[at] ?? ''}: ${(error as Error).message}`, { cause: error });
        }
        counted('rivals', group);
      });
    });
  };

  for (const name of records) {
    it(`overwrites nothing that another writes to ${name}`, () =>
      beforeEachCall('a record is written', async (world, plan, before) => {
        const key = world.keyOf(name);
        const { client } = world.etcd;
        let since = '0';
        const options = before(async () => {
          const value = (await client.get(key).buffer()) ?? Buffer.alloc(0);
          since = (await client.put(key).value(Buffer.from(wireBytes(value, rivalField)))).header.revision;
        });
        const { run } = await world.repair(options);
        const now = (await world.records()).get(name);
        assert.ok(now?.includes(Buffer.from(rivalField)) === true, `the rival’s write is lost: ${run.message ?? ''}`);
        await assertNeverBothOpen(world);
        await assertExplained(world);
        await assertTruthful(world, run, [name]);
        if (restsOn(plan, name)) await assertOnlyTakenBack(world, since);
        await finishRepair(world, plan, run.message ?? '', [name]);
      }));
  }

  it('overwrites no rules that ApplyRoutingRules puts without asking', () =>
    beforeEachCall('all rules are turned', async (world, plan, before) => {
      const toSource = Object.fromEntries(
        move.tables.flatMap((table) =>
          [table, `${move.target}.${table}`].map((from) => [from, `${move.source}.${table}`]),
        ),
      );
      const none = Object.fromEntries(move.tables.map((table) => [`${move.source}.${table}`, undefined]));
      const turned = withRoutes(withRoutes(reverseKilled.data, none), toSource);
      const rules = Buffer.from(bytesOf(turned, globalRecord.routingRules) ?? assert.fail('no rules'));
      let since = '0';
      const options = before(async () => {
        since = (await world.etcd.client.put(world.keyOf('RoutingRules')).value(rules)).header.revision;
      });
      const { run } = await world.repair(options);
      assert.deepEqual((await world.records()).get('RoutingRules'), rules, run.message);
      await assertNeverBothOpen(world);
      await assertExplained(world);
      await assertTruthful(world, run, ['RoutingRules']);
      await assertOnlyTakenBack(world, since);
      await finishRepair(world, plan, run.message ?? '', ['RoutingRules']);
    }));

  it('lets one of two repairs win, and the other say why it did nothing', () =>
    beforeEachCall('two repairs', async (world, plan, before) => {
      let second: ReturnType<FaultWorld['repair']> | undefined;
      const first = await world.repair(
        before(() => {
          second = world.repair({ plan });
          return Promise.resolve();
        }),
      );
      const other = (await second) ?? assert.fail('there was no second');
      const ended = [first.run, other.run].sort((a, b) => (a.status < b.status ? -1 : 1));
      assert.deepEqual(
        ended.map(({ status }) => status),
        ['done', 'unchanged'],
        ended.map(({ message }) => message).join('\n'),
      );
      assert.match(ended[1]?.message ?? '', /Changed since the preview: .*; diagnose again/);
      await assertNeverBothOpen(world);
      await assertHealthy(world, [plan]);
    }));

  it('writes nothing while a vtctld holds one of its locks, and a vtctld gets none while it writes', async () => {
    for (const path of ['internal/named_locks/customer/commerce2customer', 'keyspaces/customer']) {
      await beforeEachCall('a vtctld locks', async (world, plan, before) => {
        let holding: Promise<readonly [bigint, bigint]> | undefined;
        const { run } = await world.repair(
          before(() => {
            holding = holdFor(world, path);
            return delay(50);
          }),
        );
        const [from, to] = (await holding) ?? assert.fail('nobody locked');
        const meanwhile = (await eventsOf(world)).filter(
          ({ revision, name }) => revision > from && revision <= to && !name.includes('/locks/'),
        );
        assert.deepEqual(meanwhile, [], 'something was written while a vtctld held the lock');
        assert.equal(run.status, 'done', run.message);
        await assertNeverBothOpen(world);
        await assertHealthy(world, [plan]);
      });
    }
  });

  it('is refused while a vtctld holds one of its locks, and says who', () =>
    inWorld(async (world) => {
      const lock = await lockAsVitess(world.etcd.client, world.root, 'keyspaces/commerce');
      const data = await world.read();
      const { plan, refusals } = planRepair(world.state.request, { data, diagnosed: diagnosed(data) });
      assert.ok(refusals.some(({ reason }) => reason.includes('vt@vtctld-b for SwitchTraffic')));
      const touched = plan?.steps.map(({ kind }) => kind) ?? [];
      assert.ok(!touched.includes('write'), touched.join());
      await lock.release();
    }));

  it('changes nothing when a vtctld does not release its lock, and says who holds it', () =>
    inWorld(async (world) => {
      const plan = (await world.plan()) ?? assert.fail('nothing is planned');
      const lock = await lockAsVitess(world.etcd.client, world.root, 'keyspaces/commerce');
      const words: (string | undefined)[] = [];
      const { run } = await world.repair({
        plan,
        limits: { ...patience, lockWaitMs: 1000 },
        onProgress: (_, said) => words.push(said),
      });
      assert.equal(run.status, 'unchanged');
      assert.match(run.message ?? '', /keyspaces\/commerce is locked by vt@vtctld-b for SwitchTraffic/);
      assert.ok(
        words.some((said) => said?.includes('Waiting for the lock on keyspaces/commerce, held by vt@vtctld-b')),
      );
      assert.deepEqual(await world.records(), world.initial);
      await lock.release();
    }));
});

/** Whether a plan is another one when this record is. */
function restsOn(plan: Plan, name: string): boolean {
  const changed = planChanges(plan).map(({ record }) => recordName(record));
  const compared = plan.guards.map((guard) =>
    guard.kind === 'record' ? recordName(guard.record) : `keyspaces/${guard.keyspace}/shards/`,
  );
  return changed.includes(name) || compared.some((one) => name.startsWith(one));
}

/** Since another changed what a run rests on it wrote nothing but what it takes back. */
async function assertOnlyTakenBack(world: FaultWorld, since: string): Promise<void> {
  const written = (await eventsOf(world)).filter(
    ({ revision, name }) => revision > BigInt(since) && !name.includes('/locks/'),
  );
  for (const { name, value } of written) assert.deepEqual(value, world.initial.get(name), `${name} is written`);
}

/** A vtctld waits for the lock, works under it for a while, and gives the revisions between which it did. */
async function holdFor(world: FaultWorld, path: string): Promise<readonly [bigint, bigint]> {
  const lock = await lockAsVitess(world.etcd.client, world.root, path);
  await delay(100);
  return [lock.heldAt, await lock.release()];
}
