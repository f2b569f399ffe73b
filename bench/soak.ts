import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SessionMoments } from '../src/host/sessionMoments.ts';
import { EtcdTopology } from '../src/topology/etcdTopology.ts';
import { etcd as etcdInstalled, generatedCode } from '../scripts/stages/preparations.ts';
import { loadCapture } from '../test/harness/capture.ts';
import { startEtcd } from '../test/harness/etcd.ts';
import { TrafficVtctld } from '../test/harness/trafficVtctld.ts';
import { eventFiles, readEvents } from '../test/support/captures.ts';
import type { Benchmark, Measurement } from './benchmark.ts';

/** How long; `SOAK_MINUTES=60 npm run bench -- soak` is the one that the figures are of. */
const minutes = Number(process.env['SOAK_MINUTES'] ?? 1);
const samplesWanted = 30;
const kilobyte = 1000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A topology that is followed as a window follows it, judged after every write, while it is switched and reversed without a pause. */
export const soak: Benchmark = {
  name: 'soak',
  title: `memory of a topology that is followed through switches and reverses for ${minutes} min`,
  run: async () => {
    await generatedCode();
    await etcdInstalled();
    const etcd = await startEtcd();
    const vtctld = await TrafficVtctld.start(etcd, 'customer');
    const topology = new EtcdTopology({ endpoints: [etcd.address], root: '/vitess/global' });
    const ended = new AbortController();
    try {
      const capture = path.join(import.meta.dirname, '../test/captures/04-all-switched');
      await loadCapture(etcd, capture, { cellAddress: etcd.address });
      const moments = new SessionMoments();
      const from = await topology.read();
      moments.read(from, Date.now());
      let writes = 0;
      const following = topology.watch(
        from,
        (update) => {
          writes += update.changes.length;
          // What views do: they look at what is there now.
          if (moments.add(update, Date.now()).topology.moves.length === 0) throw new Error('the move is gone');
        },
        { signal: ended.signal },
      );
      const heap: number[] = [];
      const end = Date.now() + minutes * 60_000;
      // The list of moments must be full before growth says anything.
      const warm = Date.now() + Math.min(minutes * 15_000, 60_000);
      let next = warm;
      while (Date.now() < end) {
        for (const file of eventFiles) await vtctld.play(readEvents(file));
        if (Date.now() < next) continue;
        collectGarbage();
        heap.push(process.memoryUsage().heapUsed / kilobyte);
        next += (end - warm) / samplesWanted;
      }
      ended.abort();
      await following;
      console.log(`   ${writes} writes, ${moments.all.length} moments kept`);
      return measurements(heap);
    } finally {
      ended.abort();
      await topology.close();
      vtctld.stop();
      await etcd.stop();
    }
  },
};

/** The first and the last third, so that growth shows as a ratio above one. */
function measurements(heap: readonly number[]): Measurement[] {
  const third = Math.max(1, Math.floor(heap.length / 3));
  const [first = NaN, ...early] = heap.slice(0, third);
  const [last = NaN, ...late] = heap.slice(-third);
  const what = 'heap, first third';
  return [
    { what, unit: 'kB', samples: [first, ...early] },
    { what: 'heap, last third', unit: 'kB', samples: [last, ...late], comparedWith: what },
  ];
}
