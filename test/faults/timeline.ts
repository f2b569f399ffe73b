/** Everything that happened to a topology, revision by revision, and what its two sides accepted meanwhile. */
import { fromBinary } from '@bufbuild/protobuf';
import type { Etcd3, IEvent } from 'etcd3';
import { ShardSchema } from '../../src/records/gen/topodata_pb.js';
import { refuses } from '../support/world.ts';
import type { FaultWorld } from './faultWorld.ts';
import { move } from './states.ts';

/** One write or deletion of a record. */
export interface RecordEvent {
  readonly revision: bigint;
  /** As FaultWorld.nameOf gives it. */
  readonly name: string;
  /** Undefined for a deletion. */
  readonly value: Buffer | undefined;
}

/** Every event of the global etcd since the world was complete, in order. */
export async function eventsOf(world: FaultWorld): Promise<RecordEvent[]> {
  const { prefix, start } = world;
  const { client } = world.etcd;
  const after = (BigInt(start) + 1n).toString();
  const { header, deleted } = await client.delete().key(world.observed).exec();
  const until = deleted === '1' ? header.revision : (await client.put(world.observed).value('')).header.revision;
  const events = await watchUntil(client, { prefix, after, until: BigInt(until) });
  return events
    .map(({ type, kv }) => ({
      revision: BigInt(kv.mod_revision),
      name: world.nameOf(kv.key.toString()),
      value: type === 'Put' ? kv.value : undefined,
    }))
    .filter(({ name }) => name !== 'observed');
}

interface Stretch {
  readonly prefix: string;
  readonly after: string;
  readonly until: bigint;
}

async function watchUntil(client: Etcd3, { prefix, after, until }: Stretch): Promise<IEvent[]> {
  const watcher = await client.watch().prefix(prefix).startRevision(after).create();
  try {
    return await new Promise((resolve, reject) => {
      const seen: IEvent[] = [];
      watcher.on('error', reject);
      watcher.on('data', ({ events }) => {
        seen.push(...events);
        if (events.some(({ kv }) => BigInt(kv.mod_revision) >= until)) resolve(seen);
      });
    });
  } finally {
    await watcher.cancel();
  }
}

/** Of each pair of shards of both sides, which tables both may accept: `corder commerce/0 customer/-80`. */
type OpenPairs = ReadonlySet<string>;

/** What was open on both sides at some moment and was not at the start; a tablet that restarts obeys its record at once. */
export async function newlyOpen(world: FaultWorld, events?: readonly RecordEvent[]): Promise<string[]> {
  const sides = new Sides(world);
  const atStart = sides.open();
  const found = new Set<string>();
  for (const happen of happenings(world, events ?? (await eventsOf(world)), sides)) {
    happen();
    for (const pair of sides.open()) if (!atStart.has(pair)) found.add(pair);
  }
  return [...found];
}

/** What may be open on both sides now, by records and by what tablets know. */
export async function openNow(world: FaultWorld): Promise<OpenPairs> {
  const sides = new Sides(world);
  for (const happen of happenings(world, await eventsOf(world), sides)) happen();
  return sides.open();
}

/** A tablet that read its record at a revision has learnt of all writes up to it. */
function happenings({ tablets, start }: FaultWorld, events: readonly RecordEvent[], sides: Sides): (() => void)[] {
  const writes = events.map(({ revision, name, value }) => ({
    revision,
    happen: () => {
      sides.write(name, value);
    },
  }));
  const readings = tablets.journal
    .filter(({ revision }) => BigInt(revision) > BigInt(start))
    .map(({ revision, alias, denies }) => {
      const { keyspace, shard } = tablets.get(alias);
      return {
        revision: BigInt(revision),
        happen: () => {
          sides.learn(`${keyspace}/${shard}`, denies);
        },
      };
    });
  // A sort is stable: at one revision the write comes before the reading.
  const all = [...writes, ...readings].sort((a, b) => (a.revision < b.revision ? -1 : a.revision > b.revision ? 1 : 0));
  return all.map(({ happen }) => happen);
}

class Sides {
  private readonly records = new Map<string, Buffer>();
  private readonly known = new Map<string, readonly string[]>();

  constructor({ initial, tablets }: FaultWorld) {
    for (const [name, value] of initial) this.write(name, value);
    for (const { keyspace, shard } of tablets.all) {
      const record = this.records.get(`${keyspace}/${shard}`);
      const denied = move.tables.filter((table) => refusesIn(record, table));
      this.learn(`${keyspace}/${shard}`, denied);
    }
  }

  write(name: string, value: Buffer | undefined): void {
    const [, keyspace = '', shard = ''] = /^keyspaces\/([^/]+)\/shards\/([^/]+)\/Shard$/.exec(name) ?? [];
    if (shard === '') return;
    if (value === undefined) this.records.delete(`${keyspace}/${shard}`);
    else this.records.set(`${keyspace}/${shard}`, value);
  }

  learn(shard: string, denies: readonly string[]): void {
    this.known.set(shard, denies);
  }

  open(): OpenPairs {
    const shards = [...this.known.keys()];
    const of = (keyspace: string): string[] => shards.filter((shard) => shard.startsWith(`${keyspace}/`));
    const pairs = move.tables.flatMap((table) =>
      of(move.source).flatMap((source) =>
        of(move.target)
          .filter((target) => this.mayAccept(source, table) && this.mayAccept(target, table))
          .map((target) => `${table} ${source} ${target}`),
      ),
    );
    return new Set(pairs);
  }

  private mayAccept(shard: string, table: string): boolean {
    const isKnown = this.known.get(shard)?.includes(table) ?? false;
    return !isKnown || !refusesIn(this.records.get(shard), table);
  }
}

function refusesIn(record: Buffer | undefined, table: string): boolean {
  return record !== undefined && refuses(fromBinary(ShardSchema, record), table);
}
