/** What must hold of a topology after a run, however it ended. */
import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import type { Plan } from '../../src/model/plan.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { planChanges } from '../../src/model/plan.ts';
import { globalRecord, recordName } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { ShardSchema } from '../../src/records/gen/topodata_pb.js';
import { globalVtgate, tablesOnBothSides, vtgates, writesThrough } from '../support/application.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { readWorld, refuses } from '../support/world.ts';
import { eventsOf, newlyOpen } from './timeline.ts';
import { move, rewritten, unknownField } from './states.ts';
import type { FaultWorld } from './faultWorld.ts';

/** No moment since the start had both sides open that had not at the start. */
export async function assertNeverBothOpen(world: FaultWorld): Promise<void> {
  assert.deepEqual(await newlyOpen(world, await eventsOf(world)), [], 'both sides were open');
}

/** A diagnosis finds an error wherever writes fail or come to both sides, and every lock of a run. */
export async function assertExplained(world: FaultWorld): Promise<void> {
  const data = await world.read();
  const { findings } = diagnosed(data);
  const wrong = troubles(data);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) assert.ok(errors.length > 0, `nothing is found, and ${wrong.join(', ')}`);
  for (const key of await world.ownLocks()) {
    const about = findings.filter(({ places }) =>
      places.some(({ record }) => recordName(record) === world.nameOf(key)),
    );
    assert.ok(
      about.some(({ code }) => code === 'held-lock' || code === 'abandoned-lock'),
      `${key} is not told`,
    );
  }
}

/** What an application meets, by the records alone. */
function troubles(data: TopologyData): string[] {
  const known = readWorld(data);
  const writes = [globalVtgate(known), ...vtgates(known)].map((vtgate) => writesThrough(vtgate, known, [move]));
  const failing = writes.flat().filter(({ refused }) => refused);
  const accepting = (keyspace: string, table: string): boolean =>
    [...(known.keyspaces.get(keyspace)?.shards.values() ?? [])].some((shard) => !refuses(shard, table));
  const open = move.tables.filter((table) => accepting(move.source, table) && accepting(move.target, table));
  return [
    ...failing.map(({ spelling, keyspace, shard }) => `writes of ${spelling} fail in ${keyspace}/${shard}`),
    ...writes.flatMap(tablesOnBothSides).map((table) => `writes of ${table} come to both sides`),
    ...open.map((table) => `both sides accept ${table}`),
  ];
}

/** A run's record says what is there; `theirs` are records that others wrote meanwhile. */
export async function assertTruthful(world: FaultWorld, run: RunRecord, theirs: readonly string[] = []): Promise<void> {
  const { status, message = '', steps } = run;
  assert.notEqual(status, 'running');
  assert.ok(run.endedAt !== undefined);
  assert.match(message, /^[A-Z].*[.!'`}]$/s);
  assert.doesNotMatch(message, /undefined|\[object|NaN/);
  assert.ok(!steps.some((step) => step.status === 'running' || step.status === 'waiting'), 'a step has no end');
  if (status === 'stopped') assert.match(message, /Next: /);
  if (status === 'unchanged' || status === 'undone') {
    const now = await world.records();
    for (const [name, value] of world.initial) {
      if (!theirs.includes(name)) assert.deepEqual(now.get(name), value, `${status}, and ${name} is not as it was`);
    }
  }
  if ((await world.ownLocks()).length > 0) assert.match(message, /could not be told to release the locks/);
  const saved = await world.history.load(run.id);
  assert.deepEqual(saved, { status: 'loaded', value: run });
}

/** The topology is healthy, and nothing but what the plans say was touched by anybody but its owners. */
export async function assertHealthy(
  world: FaultWorld,
  plans: readonly Plan[],
  theirs: readonly string[] = [],
): Promise<void> {
  const data = await world.read();
  const left = diagnosed(data).findings.filter(({ severity }) => severity !== 'info');
  assert.deepEqual(
    left.map(({ message }) => message),
    [],
  );
  assert.deepEqual(troubles(data), []);
  const now = await world.records();
  const planned = new Set([...plans.flatMap(planChanges).map(({ record }) => recordName(record)), ...theirs]);
  for (const name of new Set([...now.keys(), ...world.initial.keys()])) {
    if (!planned.has(name)) assert.deepEqual(now.get(name), world.initial.get(name), `${name} is in no plan`);
  }
  for (const { path } of rewritten)
    assert.ok(now.get(path)?.includes(Buffer.from(unknownField)) === true, `${path} lost a field`);
}

/** Has the next repair finish what a run left; `said` is what is told of that run. */
export async function finishRepair(
  world: FaultWorld,
  first: Plan,
  said: string,
  theirs: readonly string[] = [],
): Promise<void> {
  await world.expireLocks();
  const next = await world.plan();
  let words = said;
  if (next !== undefined) {
    const { run } = await world.repair({ plan: next });
    assert.equal(run.status, 'done', run.message);
    words += run.message ?? '';
  }
  await assertNeverBothOpen(world);
  await assertHealthy(world, next === undefined ? [first] : [first, next], theirs);
  for (const shard of await staleShards(world)) {
    assert.ok(words.includes(`RefreshStateByShard ${shard}`), `${shard} is stale, and nobody says so: ${words}`);
  }
}

/** The shards of which a tablet does not obey its record: `customer/-80`. */
export async function staleShards(world: FaultWorld): Promise<string[]> {
  const records = await world.records();
  const stale = world.tablets.all.filter((tablet) => {
    const record = records.get(globalRecord.shard(tablet.keyspace, tablet.shard).path);
    const shard = record === undefined ? undefined : fromBinary(ShardSchema, record);
    return move.tables.some((table) => tablet.denies(table) !== refuses(shard, table));
  });
  return [...new Set(stale.map(({ keyspace, shard }) => `${keyspace}/${shard}`))];
}
