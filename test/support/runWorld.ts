/** A captured topology in memory with tablets and a history, in which plans are carried out. */
import assert from 'node:assert/strict';
import { planChanges, type Plan, type RepairRequest, type ShardName } from '../../src/model/plan.ts';
import { recordName } from '../../src/model/record.ts';
import { runFromText, runToText } from '../../src/history/runText.ts';
import { executePlan } from '../../src/repair/executePlan.ts';
import { defaultExecuteLimits, type ExecuteOptions } from '../../src/repair/executeOptions.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { RunHistory, RunRecord } from '../../src/repair/ports.ts';
import { WritableMemoryTopology, type WritableMemoryOptions } from '../../src/topology/memoryWriter.ts';
import { diagnosed } from './diagnosed.ts';
import { FakeTablets } from './fakeTablets.ts';
import { FaultyPorts, type Intervention } from './faultyPorts.ts';
import { IdleClock } from './idleClock.ts';

export const source: ShardName = { keyspace: 'commerce', shard: '0' };
export const targets: readonly ShardName[] = [
  { keyspace: 'customer', shard: '-80' },
  { keyspace: 'customer', shard: '80-' },
];
const tables = ['customer', 'corder'];
const operator = 'operator-of-this-test';

/** Keeps each run's last saved text. */
export class MemoryHistory implements RunHistory {
  private readonly texts = new Map<string, string>();

  newId(startedAt: number): string {
    return `${startedAt}-${this.texts.size}`;
  }

  save(run: RunRecord): Promise<void> {
    this.texts.set(run.id, runToText(run));
    return Promise.resolve();
  }

  /** The run as it is read back; undefined when it was never saved. */
  load(id: string): RunRecord | undefined {
    const text = this.texts.get(id);
    if (text === undefined) return undefined;
    const run = runFromText(text);
    return run.status === 'loaded' ? run.value : assert.fail(JSON.stringify(run));
  }
}

export const repairOfAll: RepairRequest = {
  scope: { kind: 'all' },
  direction: { kind: 'follow-routing' },
  followReads: false,
};

export class RunWorld {
  readonly topology: WritableMemoryTopology;
  readonly tablets: FakeTablets;
  readonly history = new MemoryHistory();
  readonly clock = new IdleClock(Date.now());
  readonly words: string[] = [];
  /** Moments at which both sides could accept writes of a table. */
  readonly bothOpen: string[] = [];

  constructor(keys: ReadonlyMap<string, Uint8Array>, options: Pick<WritableMemoryOptions, 'cellClusters'> = {}) {
    this.topology = new WritableMemoryTopology({ keys, root: '/vitess/global', ...options });
    this.tablets = new FakeTablets(this.topology.store, [source, ...targets]);
  }

  get store(): WritableMemoryTopology['store'] {
    return this.topology.store;
  }

  /** All keys but locks, as they are now. */
  records(): Map<string, Uint8Array> {
    return new Map([...this.store.keys].filter(([key]) => !key.includes('/locks/')).sort());
  }

  /** The keys of locks that runs of this world hold. */
  ownLocks(): string[] {
    const held = [...this.store.keys].filter(([key]) => key.includes('/locks/'));
    return held.filter(([, value]) => Buffer.from(value).includes(operator)).map(([key]) => key);
  }

  /** What becomes of the locks of a run that is gone. */
  expireOwnLocks(): void {
    for (const key of this.ownLocks()) {
      const lease = this.store.leases.get(key);
      if (lease?.kind === 'held') this.store.revoke(lease.id);
    }
  }

  async plan(request = repairOfAll): Promise<Plan | undefined> {
    const data = await this.topology.read();
    return planRepair(request, { data, diagnosed: diagnosed(data) }).plan;
  }

  /** Plans a repair and carries it out; every port call goes through `intervene`. */
  async run(
    plan: Plan,
    more: Partial<ExecuteOptions> = {},
    intervene: Intervention = (_, work) => work(),
  ): Promise<{ run: RunRecord; calls: readonly string[] }> {
    const ports = new FaultyPorts((call, work) => {
      this.observe();
      return intervene(call, work).finally(() => this.observe());
    });
    const run = await executePlan({
      kind: 'repair',
      topology: ports.topology(this.topology),
      plan,
      replan: (topology, options) => planRepair(repairOfAll, topology, options).plan,
      refresher: ports.refresher(this.tablets),
      history: ports.history(this.history),
      clock: this.clock,
      who: { userName: operator, hostName: 'desk', processId: 1 },
      topologyName: 'memory',
      forcedKeyspaces: new Set(),
      limits: defaultExecuteLimits,
      signal: new AbortController().signal,
      onProgress: (_, words) => {
        if (words !== undefined) this.words.push(words);
      },
      ...more,
    });
    this.observe();
    return { run, calls: ports.calls };
  }

  private observe(): void {
    for (const table of tables) {
      const open = targets.filter((shard) => this.tablets.mayAccept(shard, table));
      if (open.length > 0 && this.tablets.mayAccept(source, table)) this.bothOpen.push(table);
    }
  }
}

/** Fails unless only records of the plan differ. */
export function assertOnlyPlanned(
  plan: Plan,
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): void {
  const planned = new Set(planChanges(plan).map(({ record }) => recordName(record)));
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const name = key.replace('/vitess/global/', '').replace('/vitess/', '');
    if (!planned.has(name)) assert.deepEqual(after.get(key), before.get(key), `${name} is not in the plan`);
  }
}
