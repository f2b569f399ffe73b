import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { recordName } from '../../src/model/record.ts';
import type { TopologyUpdate } from '../../src/model/topologyChange.ts';
import type { LeaseEvidence, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import type { Topology, WatchOptions } from '../../src/topology/topology.ts';

const PATIENCE_MS = 15_000;

/** Follows a topology and keeps all that it is told. */
export class Follower {
  readonly updates: TopologyUpdate[] = [];
  /** Resolves when the watch ended by itself or by `end`; rejects with what the watch rejects with. */
  readonly ended: Promise<void>;
  readonly start: TopologyData;
  private readonly ending = new AbortController();

  constructor(topology: Topology, from: TopologyData, options: Partial<WatchOptions> = {}) {
    assert.ok(topology.watch !== undefined, `${topology.description} cannot be followed`);
    this.start = from;
    const signal = this.ending.signal;
    this.ended = topology.watch(from, (update) => this.updates.push(update), { signal, ...options });
    this.ended.catch(() => undefined);
  }

  static async from(topology: Topology, options?: Partial<WatchOptions>): Promise<Follower> {
    return new Follower(topology, await topology.read(), options);
  }

  /** The topology as the watch told it last. */
  get data(): TopologyData {
    return this.updates.at(-1)?.data ?? this.start;
  }

  get status(): TopologyUpdate['status'] {
    return this.updates.at(-1)?.status ?? { kind: 'live' };
  }

  /** The records of all changes so far, a line for each update that changed some. */
  get written(): string[] {
    return this.updates
      .filter(({ changes }) => changes.length > 0)
      .map(({ changes }) => changes.map(({ record, now }) => `${now ? '' : '-'}${recordName(record)}`).join(' '));
  }

  async until(condition: (follower: this) => boolean, what = 'what was waited for'): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition(this)) {
      assert.ok(
        Date.now() < deadline,
        `${what} did not come; written: ${this.written.join(', ')}; ${JSON.stringify(this.status)}`,
      );
      await delay(5);
    }
  }

  /** Waits until the watch is live and knows what a reader reads now. */
  async untilEqual(reader: Topology): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const fresh = comparable(await reader.read());
      if (this.status.kind === 'live' && isEqual(comparable(this.data), fresh)) return;
      if (Date.now() > deadline) assert.deepEqual(comparable(this.data), fresh);
      await delay(20);
    }
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.ended;
  }
}

/** What two readings of the same records have in common: not when they were made, nor how long leases still run. */
export function comparable(data: TopologyData): object {
  const records = (list: readonly TopologyRecord[]): object[] =>
    list.map((record) => ({ ...record, ...(record.lease && { lease: leaseWithoutTime(record.lease) }) }));
  return {
    ...data,
    readAt: 0,
    revision: '',
    global: records(data.global),
    cells: data.cells.map((cell) =>
      cell.status === 'loaded' ? { ...cell, records: records(cell.records) } : { cell: cell.cell, status: cell.status },
    ),
  };
}

function leaseWithoutTime(lease: LeaseEvidence): object {
  return lease.kind === 'held' ? { ...lease, ttlSeconds: 0 } : lease;
}

function isEqual(a: object, b: object): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
