import type { LeaseEvidence, TopologyData, TopologyFailure } from '../model/topologyData.ts';
import { normalizeRoot, plainBytes } from './keys.ts';
import { loadCells, loadGlobal } from './keyStore.ts';
import type { KeyStore } from './keyStore.ts';
import { ReadScope } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { ReadOptions, Topology } from './topology.ts';

/** A topology given as whole keys, e.g. `/vitess/global/RoutingRules`. */
export interface MemoryKeys {
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** The global root. */
  readonly root: string;
  /** Cells that cannot be read, by name. */
  readonly failedCells?: ReadonlyMap<string, TopologyFailure>;
  /** Leases of lock keys; unknown where there is none. */
  readonly leases?: ReadonlyMap<string, LeaseEvidence>;
  readonly revision?: string;
  /** The revision of each key's last write; unknown where there is none. */
  readonly revisions?: ReadonlyMap<string, string>;
}

/** A topology in memory: what another one gave, or keys that may change between reads. */
export class MemoryTopology implements Topology {
  readonly description: string;
  private readonly load: () => Promise<TopologyData>;
  private readonly closed = new AbortController();

  private constructor(description: string, load: () => Promise<TopologyData>) {
    this.description = description;
    this.load = load;
  }

  /** Gives the same data on every read. */
  static ofData(data: TopologyData): MemoryTopology {
    return new MemoryTopology(data.source, () => Promise.resolve(data));
  }

  /** Reads the given keys anew each time. */
  static ofKeys(source: MemoryKeys): MemoryTopology {
    const description = `memory, root ${normalizeRoot(source.root)}`;
    return new MemoryTopology(description, () => readKeys(description, source));
  }

  async read(options?: ReadOptions): Promise<TopologyData> {
    const scope = new ReadScope(this.description, options, this.closed.signal);
    try {
      scope.check();
      return await scope.race(this.load());
    } finally {
      scope.end();
    }
  }

  close(): Promise<void> {
    this.closed.abort();
    return Promise.resolve();
  }
}

async function readKeys(description: string, source: MemoryKeys): Promise<TopologyData> {
  const globalRoot = normalizeRoot(source.root);
  const store = memoryStore(description, source);
  const global = await loadGlobal(store, globalRoot);
  const failed = source.failedCells ?? new Map<string, TopologyFailure>();
  return {
    source: description,
    readAt: Date.now(),
    ...(source.revision !== undefined && { revision: source.revision }),
    globalRoot,
    global,
    cells: await loadCells(store, global, { failed, placed: new Map() }),
    notes: [],
    dumps: [],
  };
}

function memoryStore(description: string, { keys, leases, revisions }: MemoryKeys): KeyStore {
  return {
    description,
    keys: [...keys.keys()],
    failures: new Map(),
    load: (key) => {
      const value = keys.get(key);
      const lease = leases?.get(key);
      const modRevision = revisions?.get(key);
      if (value === undefined)
        return Promise.reject(new TopologyError({ code: 'not-found', message: `${key} is gone` }));
      return Promise.resolve({
        value: plainBytes(value),
        ...(lease && { lease }),
        ...(modRevision !== undefined && { modRevision }),
      });
    },
    storedRoot: (root) => root,
    // As in etcd, where a cell without any key is an empty one.
    hasRoot: () => true,
  };
}
