import type { RecordChange, TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { FollowedTopology } from './followedTopology.ts';
import { cellContents, cellOfPath, globalContents, hasTopology, isContained, isLockPath, keyPrefix } from './keys.ts';
import type { MemoryStore, MemoryWrite } from './memoryStore.ts';
import { raceSignal } from './readScope.ts';

/** See Topology.watch; `read` gives what the store holds now. */
export async function watchMemory(
  store: MemoryStore,
  read: () => Promise<TopologyData>,
  from: TopologyData,
  listener: (update: TopologyUpdate) => void,
  signal: AbortSignal,
): Promise<void> {
  const topology = new FollowedTopology(from, (update) => {
    if (!signal.aborted) listener(update);
  });
  const waiting: MemoryWrite[] = [];
  let wake = (): void => undefined;
  const unsubscribe = store.onWrite((write) => {
    waiting.push(write);
    wake();
  });
  try {
    let known = from;
    topology.found('everything');
    if (from.revision !== store.revision) {
      known = await readWhole(store, read);
      topology.readAgain(known);
    }
    for (;;) {
      for (const write of waiting.splice(0)) {
        if (BigInt(write.revision) <= BigInt(known.revision ?? '0')) continue;
        const changes = changesOf(write, store, known);
        const cellsChanged = changes.some(({ record: { cell, path } }) => cell === undefined && cellOfPath(path));
        if (changes.length > 0 && !cellsChanged) topology.wrote(changes, write.revision, true);
        if (cellsChanged || !hasTopology(topology.global)) {
          known = await readWhole(store, read);
          topology.readAgain(known);
        }
      }
      await raceSignal(
        new Promise<void>((resolve) => {
          wake = resolve;
          if (waiting.length > 0) resolve();
        }),
        signal,
      );
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    unsubscribe();
  }
}

/** What the store held at one revision: it may be written while it is read. */
async function readWhole(store: MemoryStore, read: () => Promise<TopologyData>): Promise<TopologyData> {
  for (;;) {
    const { revision } = store;
    const data = await read();
    if (store.revision === revision) return data;
  }
}

function changesOf({ revision, changes }: MemoryWrite, store: MemoryStore, known: TopologyData): RecordChange[] {
  const cells = known.cells.flatMap((cell) =>
    cell.status === 'loaded' ? [{ cell: cell.cell, prefix: keyPrefix(cell.root), contents: cellContents }] : [],
  );
  const roots = [{ cell: undefined, prefix: keyPrefix(known.globalRoot), contents: globalContents }, ...cells];
  return [...changes].flatMap(([key, value]) =>
    roots.flatMap(({ cell, prefix, contents }): RecordChange[] => {
      const path = key.slice(prefix.length);
      if (!key.startsWith(prefix) || !isContained(contents, path)) return [];
      const record = { ...(cell !== undefined && { cell }), path };
      if (value === undefined) return [{ record, now: undefined }];
      const lease = isLockPath(path) && { lease: store.leases.get(key) ?? ({ kind: 'unknown' } as const) };
      return [{ record, now: { path, value, modRevision: revision, ...lease } }];
    }),
  );
}
