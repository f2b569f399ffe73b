import assert from 'node:assert/strict';
import { startEtcd } from '../harness/etcd.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startProxy } from '../harness/tcpProxy.ts';
import type { TcpProxy } from '../harness/tcpProxy.ts';
import { smallWorld } from '../topology/contract.ts';
import { Opener, putAll, viaGlobal } from '../topology/etcdWorld.ts';
import { Follower } from '../topology/watchBench.ts';
import { GLOBAL } from '../topology/writerBench.ts';

/** How many writes; `WATCH_WRITES` for a longer run, `WATCH_SEED` for another one. */
const writes = Number(process.env['WATCH_WRITES'] ?? 10_000);
const seed = Number(process.env['WATCH_SEED'] ?? 1);
const writesPerRound = 100;
const atOnce = 10;
const secondsPerRound = 20;

const paths = [
  'RoutingRules',
  'MirrorRules',
  'routing_rules/keyspace/Rules',
  ...Array.from({ length: 8 }, (_, ks) => [`keyspaces/k${ks}/VSchema`, `keyspaces/k${ks}/shards/0/Shard`]).flat(),
  ...Array.from({ length: 3 }, (_, lock) => `keyspaces/k0/locks/${lock + 1}`),
].map((path) => `${GLOBAL}${path}`);
const keys = [
  ...paths,
  ...['zone1', 'zone2'].flatMap((cell) => [
    `/vitess/${cell}/keyspaces/k0/SrvKeyspace`,
    `/vitess/${cell}/tablets/${cell}-0000000100/Tablet`,
  ]),
];

/** What befalls the watch while a round is written. */
const disturbances = {
  none: () => Promise.resolve(),
  reconnect: ({ proxy }: World) => {
    proxy.set({ kind: 'drop' });
    proxy.set({ kind: 'forward' });
    return Promise.resolve();
  },
  outage: async ({ proxy, write }: World) => {
    proxy.set({ kind: 'drop' });
    await write(writesPerRound / 2);
    proxy.set({ kind: 'forward' });
  },
  compaction: async ({ etcd }: World) => {
    const { header } = await etcd.client.kv.range({ key: Buffer.from('x') });
    await etcd.client.kv.compact({ revision: header.revision, physical: true });
  },
  'compaction of what was not seen': async (world: World) => {
    world.proxy.set({ kind: 'drop' });
    await world.write(writesPerRound / 2);
    await disturbances.compaction(world);
    world.proxy.set({ kind: 'forward' });
  },
  restart: async ({ etcd }: World) => {
    await etcd.kill();
    await etcd.start();
  },
} as const;

interface World {
  readonly etcd: EtcdServer;
  readonly proxy: TcpProxy;
  readonly write: (count: number) => Promise<void>;
}

/** Numbers below 1, the same for the same seed (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a watch that is disturbed', function () {
  this.timeout(60_000 + (writes / writesPerRound) * secondsPerRound * 1000);
  let etcd: EtcdServer;
  let proxy: TcpProxy;
  const opener = new Opener();
  before(async () => {
    etcd = await startEtcd();
    proxy = await startProxy(etcd.address);
  });
  after(async () => {
    await opener.closeAll();
    await proxy.stop();
    await etcd.stop();
  });

  it(`knows after ${writes} random writes what a fresh reader reads, and after each hundred of them`, async () => {
    await putAll(etcd, smallWorld());
    const random = randomNumbers(seed);
    const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] ?? assert.fail('none');
    const write = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += atOnce) {
        const batch = Array.from({ length: Math.min(atOnce, count - done) }, () => {
          const key = oneOf(keys);
          if (random() < 0.2) return etcd.client.delete().key(key).exec();
          return etcd.client.put(key).value(`${random()}`).exec();
        });
        await Promise.all(batch);
      }
    };
    const world: World = { etcd, proxy, write };
    const through = opener.openAt([proxy.address], viaGlobal);
    const direct = opener.openAt([proxy.address], viaGlobal);
    const follower = await Follower.from(through, { leaseIntervalMs: 200 });
    const names = Object.keys(disturbances) as (keyof typeof disturbances)[];
    const met = new Set<string>();
    for (let written = 0; written < writes; written += writesPerRound) {
      const name = oneOf(names);
      met.add(name);
      const half = write(writesPerRound / 2);
      if (name !== 'restart') await Promise.all([half, disturbances[name](world)]);
      else await half.then(() => disturbances[name](world));
      await write(writesPerRound / 2);
      await follower.untilEqual(direct);
      // Only what was told last counts, and all of it would fill the memory.
      follower.updates.splice(0, follower.updates.length - 1);
    }
    assert.equal(met.size, names.length, `only ${[...met].join(', ')} happened`);
    await follower.end();
  });
});
