import assert from 'node:assert/strict';
import { planChanges, type Plan } from '../../src/model/plan.ts';
import { globalRecord } from '../../src/model/record.ts';
import type { TopologyFailureCode } from '../../src/model/topologyData.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { writeLockContents } from '../../src/records/lockContents.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import { wholeKeys } from '../topology/contract.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import type { Intervention } from '../support/faultyPorts.ts';
import { assertOnlyPlanned, RunWorld } from '../support/runWorld.ts';

const captured = wholeKeys(loadCapture('12-reverse-vtctld-killed'));
const killed = () => new RunWorld(captured);

async function planned(world: RunWorld): Promise<Plan> {
  return (await world.plan()) ?? assert.fail('nothing is planned');
}

/** What goes wrong at one call of a run; others' doings come in through the world, the operator's through `cancel`. */
type Fault = (at: number, world: RunWorld, cancel: AbortController) => Intervention;

const failure = (code: TopologyFailureCode): TopologyError => new TopologyError({ code, message: `etcd: ${code}.` });
const silence = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Something happens right before the call. */
const rightBefore =
  (happen: (world: RunWorld, cancel: AbortController) => void): Fault =>
  (at, world, cancel) =>
  ({ index }, work) => {
    if (index === at) happen(world, cancel);
    return work();
  };

const faults: Readonly<Record<string, Fault>> = {
  'a call fails once': (at) => (call, work) => (call.index === at ? Promise.reject(failure('unreachable')) : work()),
  'a call and all later ones of its port fail': (at) => {
    let name: string | undefined;
    return (call, work) => {
      if (call.index === at) ({ name } = call);
      return call.name === name ? Promise.reject(failure('unreachable')) : work();
    };
  },
  'everything fails from a call on': (at) => (call, work) =>
    call.index >= at ? Promise.reject(failure('unreachable')) : work(),
  'a call is refused': (at) => (call, work) =>
    call.index === at ? Promise.reject(failure('permission-denied')) : work(),
  'everything is refused from a call on': (at) => (call, work) =>
    call.index >= at ? Promise.reject(failure('no-space')) : work(),
  'a call throws what nobody expects': (at) => (call, work) => {
    if (call.index === at) throw new RangeError('a bug');
    return work();
  },
  'a call never answers': (at) => (call, work) => (call.index === at && call.name !== 'refresh' ? silence() : work()),
  'nothing but tablets answers from a call on': (at) => (call, work) =>
    call.index >= at && call.name !== 'refresh' ? silence() : work(),
  'the answer of a call is lost': (at) => async (call, work) => {
    const result = await work();
    if (call.index === at) throw failure(call.name === 'commit' ? 'unknown-outcome' : 'unreachable');
    return result;
  },
  'a call is lost': (at) => (call, work) =>
    call.index === at ? Promise.reject(failure(call.name === 'commit' ? 'unknown-outcome' : 'timeout')) : work(),
  'someone else writes the routing rules before a call': rightBefore(({ store }) => {
    const key = store.globalKey(globalRecord.routingRules.path);
    store.put(key, store.keys.get(key) ?? assert.fail('no rules'));
  }),
  'someone else writes a shard record before a call': rightBefore(({ store }) => {
    const key = store.globalKey(globalRecord.shard('customer', '-80').path);
    store.put(key, store.keys.get(key) ?? assert.fail('no shard'));
  }),
  'someone else changes what the run denied before a call': rightBefore(({ store }) => {
    const key = store.globalKey(globalRecord.shard('commerce', '0').path);
    store.put(key, store.keys.get(key) ?? assert.fail('no shard'));
  }),
  'a reparent locks a shard before a call': rightBefore(({ store }) => {
    const contents = { action: 'PlannedReparentShard', hostName: 'vtctld-b', userName: 'vt', time: 0 };
    store.put(store.globalKey('keyspaces/customer/shards/-80/locks/5'), writeLockContents(contents), store.grant());
  }),
  'the lease is lost before a call': rightBefore((world) => world.expireOwnLocks()),
  'the operator cancels before a call': rightBefore((_, cancel) => cancel.abort(new Error('cancelled'))),
  'the primary of the denied side falls silent before a call': rightBefore(({ tablets }) => {
    tablets.silent.set('commerce/0', 'connection refused');
  }),
  'a primary of the allowed side falls silent before a call': rightBefore(({ tablets }) => {
    tablets.silent.set('customer/-80', 'connection refused');
  }),
};

/** What must hold however a run ended. */
function assertTruthful(world: RunWorld, plan: Plan, start: ReadonlyMap<string, Uint8Array>, run: RunRecord): void {
  const now = world.records();
  assert.deepEqual(world.bothOpen, [], 'both sides were open');
  assertOnlyPlanned(plan, start, now);
  assert.notEqual(run.status, 'running');
  assert.ok(run.endedAt !== undefined && run.message !== undefined && /[.!`']$/.test(run.message), run.message);
  assert.ok(!run.steps.some(({ status }) => status === 'running' || status === 'waiting'));
  if (run.status === 'unchanged' || run.status === 'undone') {
    assert.deepEqual(now, start, `${run.status}: ${run.message}`);
    assert.ok(!run.steps.some(({ status, title }) => status === 'done' && title.includes('record')), 'a write is done');
  }
  if (run.status === 'done') assert.ok(planChanges(plan).length > 0 && now !== start);
  if (run.status === 'stopped') assert.match(run.message, /Next: /);
  if (world.ownLocks().length > 0) assert.match(run.message, /could not be told to release the locks/);
  const saved = world.history.load(run.id);
  // A save whose answer was lost has happened all the same.
  if (!/could not be recorded/.test(run.message)) assert.deepEqual(saved, run);
  else if (saved?.endedAt !== undefined) assert.equal(saved.status, run.status);
}

/** The state that a run left is one that the next repair finishes. */
async function assertRepairable(world: RunWorld): Promise<void> {
  world.expireOwnLocks();
  world.tablets.silent.clear();
  for (const key of world.store.keys.keys()) if (key.endsWith('/locks/5')) world.store.delete(key);
  const plan = await world.plan();
  if (plan !== undefined) {
    const { run } = await world.run(plan);
    assert.equal(run.status, 'done', run.message);
  }
  const { findings } = diagnosed(await world.topology.read());
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code),
    [],
  );
  assert.deepEqual(world.bothOpen, []);
}

describe('a run in which things go wrong', function () {
  this.timeout(60_000);
  let calls: readonly string[] = [];

  before(async () => {
    const world = killed();
    ({ calls } = await world.run(await planned(world)));
    assert.ok(calls.length > 20, 'a healthy run calls all ports');
  });

  for (const [name, fault] of Object.entries(faults)) {
    it(`ends well when ${name}`, async () => {
      const ends = new Set<string>();
      for (const [at, called] of calls.entries()) {
        const world = killed();
        const plan = await planned(world);
        const start = world.records();
        const cancel = new AbortController();
        const { run } = await world.run(plan, { signal: cancel.signal }, fault(at, world, cancel));
        try {
          assertTruthful(world, plan, start, run);
          await assertRepairable(world);
        } catch (error) {
          throw new Error(`at call ${at} (${called}), which ended ${run.status}: ${run.message ?? ''}`, {
            cause: error,
          });
        }
        ends.add(run.status);
        if (process.env['SHOW']) console.log(`${name} | ${at} ${called} | ${run.status} | ${run.message}`);
      }
      assert.ok(ends.size > 0);
    });
  }

  it('leaves at every moment a state that the next repair finishes', async () => {
    const world = killed();
    const moments: Moment[] = [];
    const look = (): void => {
      moments.push({ keys: new Map(world.store.keys), known: world.tablets.knowledge() });
    };
    await world.run(await planned(world), {}, async (_, work) => {
      look();
      return work().finally(look);
    });
    assert.equal(moments.length, 2 * calls.length);
    for (const { keys, known } of moments) {
      const crashed = new RunWorld(keys);
      crashed.tablets.learn(known);
      await assertRepairable(crashed);
    }
  });
});

/** The topology, and what the tablets know, when a run died. */
interface Moment {
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly known: ReturnType<RunWorld['tablets']['knowledge']>;
}
