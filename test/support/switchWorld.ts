/** A captured topology in memory, and a vtctld that writes to it what a real one wrote, in its order. */
import { lockTarget } from '../../src/model/lock.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { parseGlobalPath } from '../../src/records/topoKey.ts';
import { defaultSwitchLimits, runSwitch, type SwitchOptions } from '../../src/switch/runSwitch.ts';
import type { SwitchHistory, SwitchServer } from '../../src/switch/ports.ts';
import type { SwitchAnswer, SwitchRecord, SwitchRequest } from '../../src/switch/switchModel.ts';
import { topologyFollower } from '../../src/switch/topologyFollower.ts';
import { WritableMemoryTopology } from '../../src/topology/memoryWriter.ts';
import { TopologyError } from '../../src/topology/topology.ts';
import { readEvents, type CapturedEvent } from './captures.ts';
import { IdleClock } from './idleClock.ts';

export const wholeSwitch: SwitchRequest = {
  operation: 'switch',
  workflow: { keyspace: 'customer', name: 'commerce2customer' },
  target: { kind: 'tables', tables: ['corder', 'customer'], from: 'commerce', to: 'customer' },
  tabletTypes: ['primary', 'replica', 'rdonly'],
  cells: [],
  timeoutMs: 30_000,
  maxReplicationLagMs: 30_000,
};

export const wholeReverse: SwitchRequest = { ...wholeSwitch, operation: 'reverse' };

/** What vtctld does when it is called. */
export type Script = (world: SwitchWorld) => Promise<Extract<SwitchAnswer, { readonly status: 'done' }>>;

const never = new AbortController().signal;

export class SwitchWorld implements SwitchServer, SwitchHistory {
  readonly description = 'vtctld of this test';
  readonly topology: WritableMemoryTopology;
  readonly clock = new IdleClock(Date.now());
  readonly words: string[] = [];
  readonly saved: SwitchRecord[] = [];
  readonly snapshots: TopologyData[] = [];
  calls = 0;
  script: Script = () => Promise.reject(new Error('vtctld has no script'));
  private readonly leases = new Map<string, string>();

  constructor(keys: ReadonlyMap<string, Uint8Array>) {
    this.topology = new WritableMemoryTopology({ keys, root: '/vitess/global' });
  }

  /** After a whole ReverseTraffic nothing is switched. */
  static async reversed(keys: ReadonlyMap<string, Uint8Array>): Promise<SwitchWorld> {
    const world = new SwitchWorld(keys);
    await world.play(readEvents('reverse-all-ok'));
    return world;
  }

  /** Writes as vtctld did, one event each `paceMs`; its locks have leases. */
  async play(events: readonly CapturedEvent[], paceMs = 0): Promise<void> {
    const { store } = this.topology;
    for (const { record, value } of events) {
      if (paceMs > 0) await this.clock.wait(paceMs, never);
      const key = record.cell === undefined ? store.globalKey(record.path) : `/vitess/${record.cell}/${record.path}`;
      const lease = this.leases.get(key);
      if (value === undefined && lease !== undefined) store.revoke(lease);
      else if (value === undefined) store.delete(key);
      else store.put(key, value, this.leaseOf(key, record.path));
    }
  }

  /** What becomes of a vtctld that is killed: in half a minute its keyspace locks go, and its named lock stays for a day. */
  die(): Promise<never> {
    void this.clock.wait(30_000, never).then(() => {
      for (const [key, lease] of this.leases) if (isKeyspaceLock(key)) this.topology.store.revoke(lease);
    });
    const message = 'vtctld of this test: the connection was lost.';
    return Promise.reject(new TopologyError({ code: 'unknown-outcome', message }));
  }

  run(request: SwitchRequest, more: Partial<SwitchOptions> = {}): Promise<SwitchRecord> {
    return runSwitch({
      request,
      topology: this.topology,
      server: this,
      follower: topologyFollower(this.topology, this.clock),
      history: this,
      clock: this.clock,
      who: { userName: 'operator', hostName: 'here', processId: 1 },
      limits: defaultSwitchLimits,
      signal: never,
      onProgress: (_, words) => words !== undefined && this.words.push(words),
      ...more,
    });
  }

  dryRun(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  switchTraffic(): Promise<Extract<SwitchAnswer, { readonly status: 'done' }>> {
    this.calls++;
    return this.script(this);
  }

  newId(startedAt: number): string {
    return `${startedAt}`;
  }

  save(record: SwitchRecord): Promise<void> {
    this.saved.push(record);
    return Promise.resolve();
  }

  saveSnapshot(id: string, data: TopologyData): Promise<string> {
    this.snapshots.push(data);
    return Promise.resolve(`/history/${id}/before`);
  }

  private leaseOf(key: string, path: string): string | undefined {
    if (parseGlobalPath(path).kind !== 'Lock') return undefined;
    const lease = this.leases.get(key) ?? this.topology.store.grant();
    this.leases.set(key, lease);
    return lease;
  }
}

function isKeyspaceLock(key: string): boolean {
  const found = parseGlobalPath(key.replace('/vitess/global/', ''));
  return found.kind === 'Lock' && lockTarget(found.lockedPath).kind === 'keyspace';
}

export const done = {
  status: 'done',
  summary: 'SwitchTraffic was successful',
  startState: '',
  currentState: '',
} as const;
