import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { diedRuns } from '../../src/history/diedRuns.ts';
import { mapLimited } from '../../src/topology/concurrency.ts';
import type { Plan } from '../../src/model/plan.ts';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import type { KillPoint } from '../harness/repairProcess.ts';
import { counted, printCounts } from './counts.ts';
import { assertExplained, assertHealthy, assertNeverBothOpen, finishRepair, staleShards } from './expectations.ts';
import { FaultWorld } from './faultWorld.ts';
import { killRepair, repairInProcess } from './killedRepair.ts';
import { Proxies } from './proxies.ts';
import { reverseKilled, servedFromSource, states, type State } from './states.ts';
import { eventsOf } from './timeline.ts';

const parallel = Math.max(2, availableParallelism());

const hangMs = 60_000;

/** A call that changes something, so that a kill around it leaves something else. */
const changing = /Txn|LeaseGrant|LeaseRevoke|DeleteRange|RefreshState/;
/** A call whose answer can be held back when it is seen to have changed something. */
const visible = /Txn|LeaseRevoke|RefreshState/;
/** Where all calls are tried, also those after which nothing is different. */
const whole: State = reverseKilled;

describe('a repair that is killed', function () {
  this.timeout(15 * 60_000);
  let etcd: EtcdServer;
  let other: EtcdServer;
  before(async () => {
    [etcd, other] = await Promise.all([startEtcd(), startEtcd()]);
  });
  after(async () => {
    printCounts('kills');
    await Promise.all([etcd.stop(), other.stop()]);
  });

  const inWorld = async <T>(state: State, work: (world: FaultWorld) => Promise<T>): Promise<T> => {
    const world = await FaultWorld.place(state, etcd, other);
    try {
      return await work(world);
    } finally {
      await world.stop();
    }
  };

  /** The calls of a repair that nothing disturbs. */
  const callsOf = (state: State): Promise<readonly string[]> =>
    inWorld(state, async (world) => {
      const plan = (await world.plan()) ?? assert.fail('nothing is planned');
      const { calls, status, message } = await repairInProcess(world);
      assert.equal(status, 'done', message);
      await assertNeverBothOpen(world);
      await assertHealthy(world, [plan]);
      assert.deepEqual(await staleShards(world), []);
      return calls;
    });

  /** Kills a repair at each of these points and has the next one finish. */
  const killAtEach = async (state: State, points: readonly KillPoint[], calls: readonly string[]): Promise<void> => {
    const problems = await mapLimited(points, parallel, async (kill) => {
      try {
        await inWorld(state, (world) => killedAndRepaired(world, kill, calls));
        counted('kills', state.name);
        return [];
      } catch (error) {
        const { stack = '' } = error as Error;
        return [`${kill.when} call ${kill.call} of ${calls.length}, ${calls[kill.call] ?? ''}: ${stack}`];
      }
    });
    assert.deepEqual(problems.flat(), []);
  };

  for (const state of states) {
    it(`leaves what the next one finishes, from ${state.name}`, async () => {
      const calls = await callsOf(state);
      const at = [...calls.keys()].filter((call) => state === whole || changing.test(calls[call] ?? ''));
      assert.ok(at.length > 2, `${at.length} of ${calls.length} calls`);
      const points = at.flatMap((call): KillPoint[] => [
        { call, when: 'before' },
        { call, when: 'after' },
      ]);
      await killAtEach(state, points, calls);
    });
  }

  for (const state of [whole, servedFromSource]) {
    it(`leaves what the next one finishes while an answer is under way, from ${state.name}`, async () => {
      const calls = await callsOf(state);
      const at = [...calls.keys()].filter((call) => visible.test(calls[call] ?? ''));
      assert.ok(at.length > 2, `${at.length} of ${calls.length} calls`);
      await killAtEach(
        state,
        at.map((call) => ({ call, when: 'asked' })),
        calls,
      );
    });
  }

  it('leaves locks that count as abandoned once their lease was not renewed, and the next one releases them', () =>
    inWorld(states[1] ?? whole, async (world) => {
      const topology = { ...world.topology, lockTtlSeconds: 30 };
      await killRepair(world, { call: lastCall(await callsOf(world.state), /Txn/), when: 'before' }, { topology });
      await assertExplained(world);
      let plan: Plan | undefined;
      while ((await world.ownLocks()).length > 0 && (plan = await world.plan()) === undefined) await delay(250);
      plan ??= (await world.plan()) ?? assert.fail('nothing is planned');
      const isLeft = (await world.ownLocks()).length > 0;
      assert.ok(!isLeft || plan.steps.some(({ kind }) => kind === 'release-locks'), 'they are not released');
      const { run } = await world.repair({ plan });
      assert.equal(run.status, 'done', run.message);
      await assertHealthy(world, [plan]);
    }));
});

/** What is found after a kill, and that the next repair ends well. */
async function killedAndRepaired(world: FaultWorld, kill: KillPoint, calls: readonly string[]): Promise<void> {
  const plan = (await world.plan()) ?? assert.fail('nothing is planned');
  await (kill.when === 'asked' ? killUnanswered(world, kill) : killRepair(world, kill));
  await assertNeverBothOpen(world);
  await assertExplained(world);
  const words = await wordsOnDeadRun(world);
  // Its first and its last save are the only ones after which it is not known as one that died.
  const isOutside = (kill.call === 0 && kill.when === 'before') || kill.call === calls.length - 1;
  assert.ok(isOutside || words.includes(' ended without a result, '), `the history says "${words}"`);
  await finishRepair(world, plan, words);
}

/** Kills a repair when what it asked for has happened and the answer has not come. */
async function killUnanswered(world: FaultWorld, kill: KillPoint): Promise<void> {
  const proxies = await Proxies.put(world);
  try {
    const happened = async (): Promise<number> => (await eventsOf(world)).length + world.tablets.journal.length;
    const onAsked = async (goOn: () => void): Promise<void> => {
      const before = await happened();
      proxies.etcd.set({ kind: 'swallow-answers' });
      for (const tablet of world.tablets.all) await tablet.setFault('mute');
      goOn();
      const end = Date.now() + hangMs;
      while ((await happened()) === before) {
        assert.ok(Date.now() < end, 'nothing happens');
        await delay(10);
      }
    };
    await killRepair(world, kill, { topology: proxies.topology(world), onAsked });
  } finally {
    for (const tablet of world.tablets.all) await tablet.setFault(undefined);
    proxies.etcd.set({ kind: 'forward' });
    world.cleanUp(() => proxies.stop());
  }
}

/** The place of the last call whose name is like this. */
function lastCall(calls: readonly string[], name: RegExp): number {
  const places = [...calls.keys()].filter((call) => name.test(calls[call] ?? ''));
  return places.at(-1) ?? assert.fail(`no call ${String(name)}`);
}

/** What the history tells of the run that was killed; empty when it knows of none, or of one that ended. */
async function wordsOnDeadRun({ history }: FaultWorld): Promise<string> {
  const runs = (await history.list()).map(({ run }) =>
    run.status === 'loaded' ? run.value : assert.fail('a torn run'),
  );
  assert.ok(runs.length <= 1);
  const hostName = runs[0]?.who.hostName ?? '';
  return diedRuns(runs, { now: Date.now(), hostName, isAlive })
    .map(({ words }) => words)
    .join();
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
