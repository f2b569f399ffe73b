import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData, TopologyRecord } from '../model/topologyData.ts';
import { failedCell, readCellInfos } from './cellInfo.ts';
import { mapLimited } from './concurrency.ts';
import { checkCredentials } from './etcdAccess.ts';
import type { EtcdAccess, EtcdCredentials } from './etcdAccess.ts';
import { endpointsKey, parseEndpoints } from './etcdAddress.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';
import type { CellRouting } from './etcdCellRoute.ts';
import { readCell } from './etcdCells.ts';
import type { CellReading, CellResult } from './etcdCells.ts';
import { EtcdConnection } from './etcdConnection.ts';
import { withLeases } from './etcdLeases.ts';
import { emptyRootError } from './errors.ts';
import type { EtcdPlace } from './etcdPlaces.ts';
import { currentHeader, listRoots, readRoot, unreadableNote } from './etcdRange.ts';
import type { RangeReader } from './etcdRange.ts';
import type { EtcdReading } from './etcdReading.ts';
import { watchEtcd } from './etcdWatch.ts';
import { EtcdWriter } from './etcdWriter.ts';
import type { EtcdWriterOptions } from './etcdWriter.ts';
import { globalContents, hasTopology, normalizeRoot, sortRecords } from './keys.ts';
import { ReadScope } from './readScope.ts';
import { TopologyError } from './topology.ts';
import type { ReadOptions, WatchOptions } from './topology.ts';
import type { CallOptions, WritableTopology } from './topologyWriter.ts';

/** Where a topology is stored in etcd and how to get there. */
export interface EtcdTopologyOptions extends EtcdCredentials {
  /** The global cluster's client addresses: `HOST:PORT`, `http://…` or `https://…`. */
  readonly endpoints: readonly string[];
  /** The global root, e.g. `/vitess/global`. */
  readonly root: string;
  /** Addresses that replace CellInfo's where those cannot be reached from here; `global` is the global etcd. */
  readonly cellAddresses?: Readonly<Record<string, string>>;
  /** How long a connection may take until etcd answers, in milliseconds; 5000 by default. */
  readonly dialTimeoutMs?: number;
  /** Keys per page; by default as many as make pages of a few MB. */
  readonly pageSize?: number;
  /** How long the locks of a writer outlive it when it dies, in seconds; 60 by default. */
  readonly lockTtlSeconds?: number;
}

interface GlobalRead {
  readonly revision: string;
  readonly records: readonly TopologyRecord[];
  readonly notes: readonly string[];
  readonly reading: CellReading;
}

const DIAL_TIMEOUT_MS = 5000;
// Longer than Vitess's 30 s: a repair's locks should survive a member that fails over.
const LOCK_TTL_SECONDS = 60;
const CELLS_AT_ONCE = 8;
const ATTEMPTS = 3;
const MOST_ROOTS = 8;

/** A topology in etcd, read as one consistent snapshot: everything of one cluster at one revision. It can be written. */
export class EtcdTopology implements WritableTopology {
  readonly description: string;
  private readonly root: string;
  private readonly access: EtcdAccess;
  private readonly pageSize: number | undefined;
  private readonly lockTtlSeconds: number;
  private readonly routing: CellRouting;
  private readonly connections = new Map<string, EtcdConnection>();
  private cellPlaces: ReadonlyMap<string, EtcdPlace> = new Map();
  /** The readings by the global records that they gave: others may have added to the rest of the data. */
  private readonly readings = new WeakMap<TopologyData['global'], EtcdReading>();
  private readonly closed = new AbortController();

  /** Opens no connection yet. Throws a TopologyError for options that cannot work. */
  constructor(options: EtcdTopologyOptions) {
    checkCredentials(options);
    const endpoints = parseEndpoints(options.endpoints, options.tls !== undefined);
    const secure = endpoints.every((endpoint) => endpoint.secure);
    if (options.tls !== undefined && !secure) {
      const message = 'TLS is configured, but the etcd address says http://. Write it with https://.';
      throw new TopologyError({ code: 'invalid', message });
    }
    const { user, password, tls, dialTimeoutMs = DIAL_TIMEOUT_MS } = options;
    this.access = {
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(tls && { tls }),
      secure,
      dialTimeoutMs,
    };
    this.root = normalizeRoot(options.root);
    this.pageSize = options.pageSize;
    this.lockTtlSeconds = options.lockTtlSeconds ?? LOCK_TTL_SECONDS;
    const global = this.connect(endpoints);
    this.description = `etcd ${global.name}, root ${this.root}`;
    this.routing = {
      global,
      secure,
      cellAddresses: new Map(Object.entries(options.cellAddresses ?? {})),
      connect: (cellEndpoints) => this.connect(cellEndpoints),
    };
  }

  async read(options?: ReadOptions): Promise<TopologyData> {
    return (await this.readAll(options)).data;
  }

  watch(from: TopologyData, listener: (update: TopologyUpdate) => void, options: WatchOptions): Promise<void> {
    const { routing, pageSize, closed } = this;
    const source = {
      readingOf: ({ global }: TopologyData) => this.readings.get(global),
      read: (signal: AbortSignal) => this.readAll({ signal }),
      routing,
      pageSize,
    };
    return watchEtcd(source, from, listener, {
      ...options,
      signal: AbortSignal.any([options.signal, closed.signal]),
    });
  }

  openWriter(who: EtcdWriterOptions['who'], options: CallOptions): Promise<EtcdWriter> {
    const global = { connection: this.routing.global, root: this.root };
    const cells = (): ReadonlyMap<string, EtcdPlace> => this.cellPlaces;
    const { lockTtlSeconds: leaseTtlSeconds, closed } = this;
    return EtcdWriter.open({ global, cells, who, leaseTtlSeconds, closed: closed.signal }, options);
  }

  async close(): Promise<void> {
    this.closed.abort();
    await Promise.all([...this.connections.values()].map((connection) => connection.close()));
  }

  private async readAll(options?: ReadOptions): Promise<EtcdReading> {
    const scope = new ReadScope(this.description, options, this.closed.signal);
    try {
      scope.check();
      await this.routing.global.ready(scope.signal);
      return await this.readConsistently(scope.signal);
    } finally {
      scope.end();
    }
  }

  private connect(endpoints: readonly EtcdEndpoint[]): EtcdConnection {
    const key = endpointsKey(endpoints);
    const known = this.connections.get(key);
    if (known !== undefined) return known;
    const connection = new EtcdConnection(endpoints, this.access);
    this.connections.set(key, connection);
    return connection;
  }

  /** Starts over, a few times, when etcd compacts the snapshot's revision away. */
  private async readConsistently(signal: AbortSignal): Promise<EtcdReading> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.readOnce(signal);
      } catch (error) {
        const compacted = error instanceof TopologyError && error.code === 'compacted';
        if (!compacted || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async readOnce(signal: AbortSignal): Promise<EtcdReading> {
    const readAt = Date.now();
    const global = await this.readGlobal(signal);
    const cells = await this.readCells(global);
    this.cellPlaces = new Map(cells.flatMap(({ data, place }) => (place ? [[data.cell, place]] : [])));
    const data: TopologyData = {
      source: this.description,
      readAt,
      revision: global.revision,
      globalRoot: this.root,
      global: global.records,
      cells: cells.map((cell) => cell.data),
      notes: [...global.notes, ...this.unknownOverrides(cells), ...cells.flatMap(({ notes }) => notes)],
      dumps: [],
    };
    const { globalCluster: cluster, revisions } = global.reading;
    const reading = { data, global: { connection: this.routing.global, cluster, root: this.root }, cells, revisions };
    this.readings.set(data.global, reading);
    return reading;
  }

  private async readGlobal(signal: AbortSignal): Promise<GlobalRead> {
    const { routing, pageSize } = this;
    const reader: RangeReader = { connection: routing.global, signal, pageSize };
    const { revision, cluster_id: globalCluster } = await currentHeader(reader, this.root, globalContents);
    const { records: stored, unreadable } = await readRoot(reader, this.root, globalContents, revision);
    if (!hasTopology(stored)) {
      throw await this.emptyRootError(reader);
    }
    const { records, notes } = await withLeases(reader, stored);
    return {
      revision,
      records: sortRecords(records),
      notes: unreadable > 0 ? [...notes, unreadableNote(unreadable)] : notes,
      reading: { signal, pageSize, routing, globalCluster, revisions: new Map([[globalCluster, revision]]) },
    };
  }

  private readCells({ records, reading }: GlobalRead): Promise<CellResult[]> {
    return mapLimited(readCellInfos(records), CELLS_AT_ONCE, ({ cell, info }) =>
      info.status === 'loaded'
        ? readCell(reading, cell, info.location)
        : Promise.resolve({ data: failedCell(cell, info.failure), notes: [] }),
    );
  }

  private unknownOverrides(cells: readonly CellResult[]): string[] {
    const known = new Set(cells.map(({ data }) => data.cell));
    return [...this.routing.cellAddresses.keys()]
      .filter((cell) => !known.has(cell))
      .map((cell) => `cellAddresses names ${cell}, a cell that this topology does not have.`);
  }

  private async emptyRootError(reader: RangeReader): Promise<TopologyError> {
    const found = await listRoots(reader, MOST_ROOTS).catch(() => []);
    return emptyRootError(this.description, this.root, found);
  }
}
