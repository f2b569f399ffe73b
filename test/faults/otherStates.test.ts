import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../src/model/plan.ts';
import { mapLimited } from '../../src/topology/concurrency.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { wireBytes, wireDelimited } from '../support/wireWriter.ts';
import { counted, printCounts } from './counts.ts';
import { assertExplained, assertNeverBothOpen, assertTruthful, finishRepair } from './expectations.ts';
import { FaultWorld, type Run } from './faultWorld.ts';
import { Proxies } from './proxies.ts';
import { bothDeny, onTwoCells, onTwoClusters, type State } from './states.ts';

const parallel = 4;
/** A field that nobody knows: no repair writes it by itself. */
const rivalField = wireDelimited(15_001, 'written by another');

/** What disturbs a repair from one of its calls on, and what must be true of it then. */
interface Disturbance {
  readonly title: string;
  /** Records that another wrote. */
  readonly theirs: readonly string[];
  readonly happen: (world: FaultWorld, proxies: Proxies) => Promise<void>;
  readonly check: (world: FaultWorld, run: Run['run']) => Promise<void>;
}

/** Someone writes a record while the repair goes on. */
function rival(name: string): Disturbance {
  return {
    title: `another writes ${name}`,
    theirs: [name],
    happen: async (world) => {
      const key = world.keyOf(name);
      const value = (await world.etcd.client.get(key).buffer()) ?? Buffer.alloc(0);
      await world.etcd.client.put(key).value(Buffer.from(wireBytes(value, rivalField)));
    },
    check: async (world, { message }) => {
      const now = (await world.records()).get(name);
      assert.ok(now?.includes(Buffer.from(rivalField)) === true, `the rival’s write is lost: ${message ?? ''}`);
    },
  };
}

const disturbances: readonly Disturbance[] = [
  rival('RoutingRules'),
  rival('keyspaces/customer/shards/-80/Shard'),
  {
    title: 'connections to etcd are dropped for a moment',
    theirs: [],
    happen: (_, { etcd }) => {
      etcd.set({ kind: 'drop' });
      void delay(200).then(() => {
        etcd.set({ kind: 'forward' });
      });
      return Promise.resolve();
    },
    check: (_, { status, message }) => {
      assert.equal(status, 'done', message);
      return Promise.resolve();
    },
  },
];

describe('a disturbed repair of another state than a killed reverse', function () {
  this.timeout(5 * 60_000);
  let etcd: EtcdServer;
  let other: EtcdServer;
  before(async () => {
    [etcd, other] = await Promise.all([startEtcd(), startEtcd()]);
  });
  after(async () => {
    printCounts('other states');
    await Promise.all([etcd.stop(), other.stop()]);
  });

  const inWorld = async (
    state: State,
    work: (world: FaultWorld, proxies: Proxies, plan: Plan) => Promise<void>,
  ): Promise<void> => {
    const world = await FaultWorld.place(state, etcd, state.otherCell === undefined ? undefined : other);
    const proxies = await Proxies.put(world);
    try {
      await work(world, proxies, (await world.plan()) ?? assert.fail('nothing is planned'));
    } finally {
      await proxies.stop();
      await world.stop();
    }
  };

  for (const state of [bothDeny, onTwoCells, onTwoClusters]) {
    let calls: readonly string[] = [];
    before(() =>
      inWorld(state, async (world, proxies, plan) => {
        const undisturbed = await world.repair({ plan, etcd: proxies.topology(world) });
        assert.equal(undisturbed.run.status, 'done', undisturbed.run.message);
        ({ calls } = undisturbed);
      }),
    );

    for (const { title, theirs, happen, check } of disturbances) {
      it(`loses nothing and says the truth in the state "${state.name}" when ${title}`, async () => {
        const places = [...calls.keys()].filter((call) => calls[call] !== 'save');
        await mapLimited(places, parallel, async (at) => {
          try {
            await inWorld(state, async (world, proxies, plan) => {
              const { run } = await world.repair({
                plan,
                etcd: proxies.topology(world),
                intervene: async ({ index }, call) => {
                  if (index === at) await happen(world, proxies);
                  return call();
                },
              });
              proxies.setAll({ kind: 'forward' });
              await check(world, run);
              await assertNeverBothOpen(world);
              await assertExplained(world);
              await assertTruthful(world, run, theirs);
              await finishRepair(world, plan, run.message ?? '', theirs);
            });
          } catch (error) {
            throw new Error(`at call ${at}, ${calls[at] ?? ''}: ${(error as Error).message}`, { cause: error });
          }
          counted('other states', `${state.name}: ${title}`);
        });
      });
    }
  }
});
