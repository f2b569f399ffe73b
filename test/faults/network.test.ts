import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../src/model/plan.ts';
import { mapLimited } from '../../src/topology/concurrency.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import type { TabletFault } from '../harness/tablet.ts';
import type { ProxyMode } from '../harness/tcpProxy.ts';
import { counted, printCounts } from './counts.ts';
import { assertExplained, assertNeverBothOpen, assertTruthful, finishRepair, staleShards } from './expectations.ts';
import { FaultWorld, patience, type Run } from './faultWorld.ts';
import { Proxies } from './proxies.ts';
import { reverseKilled } from './states.ts';

/** Most of a run with a fault is waiting. */
const parallel = 8;
/** No run may take longer, whatever happens: some times its limits together. */
const hangMs = 90_000;
const hurry = { lockWaitMs: 1500, callMs: 1000, tabletMs: 1500, undoMs: 5000 };

type Modes = readonly (ProxyMode | { readonly afterMs: number })[];

const forward: ProxyMode = { kind: 'forward' };
const drop: ProxyMode = { kind: 'drop' };
const halfOpen: ProxyMode = { kind: 'half-open' };
const swallow: ProxyMode = { kind: 'swallow-answers' };
const later = { afterMs: 200 };

/** What happens to the way to etcd from a call on; all of these pass. */
const passing: Readonly<Record<string, Modes>> = {
  'connections are dropped for a moment': [drop, later, forward],
  'connections are half open for a moment': [halfOpen, later, drop, forward],
  'answers are lost for a moment': [swallow, later, drop, forward],
  'the connection is cut within a request': [{ kind: 'cut', afterClientBytes: 150 }],
  'everything is delayed': [{ kind: 'delay', milliseconds: 20 }],
};

const lasting: Readonly<Record<string, Modes>> = {
  'connections are dropped': [drop],
  'connections are half open': [halfOpen],
  'answers are lost': [swallow],
};

describe('a repair over a network that fails', function () {
  this.timeout(5 * 60_000);
  let etcd: EtcdServer;
  let calls: readonly string[] = [];
  before(async () => {
    etcd = await startEtcd();
    await inWorld(async (world, proxies) => {
      const undisturbed = await world.repair({ etcd: proxies.topology(world) });
      assert.equal(undisturbed.run.status, 'done', undisturbed.run.message);
      ({ calls } = undisturbed);
    });
  });
  after(async () => {
    printCounts('network');
    await etcd.stop();
  });

  const inWorld = async (work: (world: FaultWorld, proxies: Proxies, plan: Plan) => Promise<void>): Promise<void> => {
    const world = await FaultWorld.place(reverseKilled, etcd);
    const proxies = await Proxies.put(world);
    try {
      await work(world, proxies, (await world.plan()) ?? assert.fail('nothing is planned'));
    } finally {
      await proxies.stop();
      await world.stop();
    }
  };

  /** Lets the way to etcd fail from each call on, checks how the run ends, and has the next one finish. */
  const atEachCall = async (
    group: string,
    modes: Modes,
    limits: typeof hurry,
    check: (run: Run['run'], called: string) => void,
  ): Promise<void> => {
    const places = [...calls.keys()].filter((call) => calls[call] !== 'save');
    await mapLimited(places, parallel, async (at) => {
      const called = calls[at] ?? '';
      try {
        await inWorld(async (world, proxies, plan) => {
          const run = await hurried(
            world.repair({
              plan,
              limits,
              etcd: { ...proxies.topology(world), dialTimeoutMs: limits.callMs },
              intervene: ({ index }, call) => {
                if (index === at) void become(proxies, modes);
                return call();
              },
            }),
          );
          proxies.setAll(forward);
          await assertNeverBothOpen(world);
          await assertExplained(world);
          await assertTruthful(world, run);
          check(run, called);
          await finishRepair(world, plan, run.message ?? '');
        });
      } catch (error) {
        throw new Error(`from call ${at} on, ${called}: ${(error as Error).message}`, { cause: error });
      }
      counted('network', group);
    });
  };

  for (const [fault, modes] of Object.entries(passing)) {
    it(`goes on when ${fault}`, () =>
      atEachCall(fault, modes, patience, ({ status, message }) => {
        assert.equal(status, 'done', message);
      }));
  }

  for (const [fault, modes] of Object.entries(lasting)) {
    it(`ends within its limits and says why when ${fault} for good`, () =>
      atEachCall(fault, modes, hurry, ({ message = '' }, called) => {
        if (called === 'close') assert.match(message, /Written, not verified|could not be told to release the locks/);
        assert.match(message, /etcd|no answer|not answer/);
      }));
  }

  const denied = ['zone1-0000000100'];
  const allowed = ['zone1-0000000200', 'zone1-0000000300'];

  const tabletModes: Readonly<Record<string, ProxyMode>> = {
    'are dropped': drop,
    'are half open': halfOpen,
    'lose answers': swallow,
  };
  const tabletFaults: Readonly<Record<string, TabletFault>> = {
    'refuse connections': 'refuse',
    hang: 'hang',
    'answer with an error': 'error',
    'do what is asked and do not answer': 'mute',
  };

  const withTablets = async (
    make: (world: FaultWorld, proxies: Proxies) => Promise<void>,
    unmake: (world: FaultWorld, proxies: Proxies) => Promise<void>,
    check: (run: Run['run']) => void,
  ): Promise<void> =>
    inWorld(async (world, proxies, plan) => {
      await make(world, proxies);
      const run = await hurried(world.repair({ plan, limits: { ...patience, tabletMs: 1500 } }));
      await assertNeverBothOpen(world);
      await assertExplained(world);
      await assertTruthful(world, run);
      check(run);
      await unmake(world, proxies);
      await finishRepair(world, plan, run.message ?? '');
      counted('network', 'tablets');
    });

  for (const [side, aliases] of Object.entries({ denied, allowed })) {
    const ended = (run: Run['run']): void => {
      const { status, message = '' } = run;
      assert.equal(status, side === 'denied' ? 'undone' : 'done', message);
      for (const alias of aliases) assert.ok(message.includes(`the primary ${alias} did not confirm`), message);
      if (side === 'allowed')
        assert.match(message, /RefreshStateByShard customer\/-80 .*RefreshStateByShard customer\/80-/);
    };
    for (const [fault, mode] of Object.entries(tabletModes)) {
      it(`tells which tablets did not confirm when connections to those of the ${side} side ${fault}`, () =>
        withTablets(
          (_, { tablets }) => {
            for (const alias of aliases) tablets.get(alias)?.set(mode);
            return Promise.resolve();
          },
          (_, proxies) => {
            proxies.setAll(drop);
            proxies.setAll(forward);
            return Promise.resolve();
          },
          ended,
        ));
    }
    for (const [fault, what] of Object.entries(tabletFaults)) {
      it(`tells which tablets did not confirm when those of the ${side} side ${fault}`, () =>
        withTablets(
          async ({ tablets }) => {
            for (const alias of aliases) await tablets.get(alias).setFault(what);
          },
          async ({ tablets }) => {
            for (const alias of aliases) await tablets.get(alias).setFault(undefined);
          },
          ended,
        ));
    }
  }

  for (const mode of [
    { kind: 'delay', milliseconds: 50 },
    { kind: 'cut', afterClientBytes: 20 },
  ] satisfies ProxyMode[]) {
    it(`waits for tablets whose connections have a ${mode.kind}`, () =>
      withTablets(
        (_, { tablets }) => {
          for (const proxy of tablets.values()) proxy.set(mode);
          return Promise.resolve();
        },
        () => Promise.resolve(),
        ({ status, message }) => {
          assert.equal(status, 'done', message);
          assert.doesNotMatch(message ?? '', /did not confirm/);
        },
      ));
  }

  it('has healthy tablets obey their records', () =>
    inWorld(async (world) => {
      const { run } = await world.repair();
      assert.equal(run.status, 'done', run.message);
      assert.deepEqual(await staleShards(world), []);
    }));
});

async function become({ etcd }: Proxies, modes: Modes): Promise<void> {
  for (const mode of modes) {
    if ('afterMs' in mode) await delay(mode.afterMs);
    else etcd.set(mode);
  }
}

/** The record of a run that must end in time. */
async function hurried(running: Promise<Run>): Promise<Run['run']> {
  const ended = new AbortController();
  const late = delay(hangMs, undefined, { signal: ended.signal }).then(() => assert.fail('the run hangs'));
  late.catch(() => undefined);
  try {
    return (await Promise.race([running, late])).run;
  } finally {
    ended.abort();
  }
}
