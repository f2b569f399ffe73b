import { primaryDenials } from '../../src/diagnose/deniedTables.ts';
import { globalRecord } from '../../src/model/record.ts';
import { decode } from '../../src/records/decode.ts';
import { ShardSchema } from '../../src/records/gen/topodata_pb.js';
import type { ShardName } from '../../src/model/plan.ts';
import type { ShardRefresh, ShardTablets, TabletRefresher } from '../../src/repair/ports.ts';
import type { MemoryStore } from '../../src/topology/memoryStore.ts';

/** Primaries that know the denied tables as of their last refresh, as vttablets do. */
export class FakeTablets implements TabletRefresher {
  readonly description = 'the tablets’ gRPC ports';
  /** Why a shard's primary does not answer, by `keyspace/shard`. */
  readonly silent = new Map<string, string>();
  private readonly store: MemoryStore;
  private readonly known = new Map<string, ReadonlySet<string>>();

  constructor(store: MemoryStore, shards: readonly ShardName[]) {
    this.store = store;
    for (const shard of shards) this.load(shard);
  }

  refresh(shards: readonly ShardTablets[]): Promise<readonly ShardRefresh[]> {
    return Promise.resolve(
      shards.map(({ keyspace, shard, tablets }): ShardRefresh => {
        const reason = this.silent.get(`${keyspace}/${shard}`);
        if (reason === undefined) this.load({ keyspace, shard });
        const outcome =
          reason === undefined ? ({ status: 'confirmed' } as const) : ({ status: 'failed', reason } as const);
        return {
          keyspace,
          shard,
          tablets: tablets.map(({ alias, type }) => ({ alias, type, outcome })),
          primaryConfirmed: reason === undefined,
          notes: [],
        };
      }),
    );
  }

  /** What the primaries know, for other tablets of the same state. */
  knowledge(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map(this.known);
  }

  learn(knowledge: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [shard, denied] of knowledge) this.known.set(shard, denied);
  }

  /** Whether a write of the table may be accepted now: the tablet may be restarted at any moment and reads its record then. */
  mayAccept(shard: ShardName, table: string): boolean {
    const known = this.known.get(`${shard.keyspace}/${shard.shard}`);
    return known?.has(table) !== true || !this.recorded(shard).has(table);
  }

  private load(shard: ShardName): void {
    this.known.set(`${shard.keyspace}/${shard.shard}`, this.recorded(shard));
  }

  private recorded({ keyspace, shard }: ShardName): Set<string> {
    const bytes = this.store.keys.get(this.store.globalKey(globalRecord.shard(keyspace, shard).path));
    const reading = bytes === undefined ? undefined : decode(ShardSchema, bytes);
    if (reading?.status !== 'loaded') return new Set();
    return new Set(primaryDenials(reading.value).map(({ entry }) => entry));
  }
}
