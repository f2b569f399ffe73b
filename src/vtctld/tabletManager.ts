import { setMaxListeners } from 'node:events';
import { TabletManager } from '../records/gen/tabletmanagerservice_pb.js';
import type {
  RefreshOptions,
  ShardRefresh,
  ShardTablets,
  TabletAnswer,
  TabletDialer,
  TabletOutcome,
  TabletRefresher,
  TabletTarget,
} from '../repair/ports.ts';
import { mapLimited } from '../topology/concurrency.ts';
import { checkCredentials } from '../topology/etcdAccess.ts';
import { callOnce, callPatiently } from './grpcCall.ts';
import { grpcServer, type GrpcAccess, type GrpcServer } from './grpcServer.ts';
import { shardRefresh } from './shardRefresh.ts';

/** They hold their action lock or serve nothing; RefreshState would wait on them and fail. */
const notServing: ReadonlySet<string> = new Set(['BACKUP', 'RESTORE', 'DRAINED']);

/** Asks each tablet itself, at the hostname and the `grpc` port of its Tablet record. */
export class TabletManagerRefresher implements TabletRefresher, TabletDialer {
  readonly description = 'the tablets’ gRPC ports';
  private readonly access: GrpcAccess;
  private readonly parallel: number;

  /** Asks `parallel` tablets at a time; throws a TopologyError for credentials that cannot work with any server. */
  constructor(access: GrpcAccess = {}, parallel = 64) {
    checkCredentials(access);
    this.access = access;
    this.parallel = parallel;
  }

  async refresh(shards: readonly ShardTablets[], options: RefreshOptions): Promise<readonly ShardRefresh[]> {
    // Every call in flight listens; that is no leak.
    setMaxListeners(0, options.signal);
    const tablets = shards.flatMap((shard) => shard.tablets);
    // Those that everything waits for are asked before the others.
    const queue = [...tablets].sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
    const outcomes = new Map<TabletTarget, TabletOutcome>();
    await mapLimited(queue, this.parallel, async (tablet) => {
      const outcome = await this.refreshTablet(tablet, options);
      outcomes.set(tablet, outcome);
      options.onProgress?.(`${tablet.alias} ${outcome.status} (${outcomes.size} of ${tablets.length})`);
    });
    return shards.map((shard) => shardRefresh(shard, (tablet) => outcomes.get(tablet) ?? neverAsked));
  }

  async dial(tablet: TabletTarget, { signal, timeoutMs }: RefreshOptions): Promise<TabletAnswer> {
    const server = this.serverOf(tablet);
    if (typeof server === 'string') return { status: 'silent', reason: server };
    try {
      await callOnce(server, TabletManager.method.ping, { payload: 'vitess-topo' }, { signal, timeoutMs });
      return { status: 'answers' };
    } catch (error) {
      return { status: 'silent', reason: (error as Error).message };
    }
  }

  private async refreshTablet(tablet: TabletTarget, options: RefreshOptions): Promise<TabletOutcome> {
    const { alias, type } = tablet;
    if (notServing.has(type)) return { status: 'skipped', reason: `${alias} is ${type}: it serves no queries.` };
    const server = this.serverOf(tablet);
    if (typeof server === 'string') return { status: 'failed', reason: server };
    const { signal, timeoutMs } = options;
    try {
      await callPatiently(
        server,
        TabletManager.method.refreshState,
        {},
        {
          signal,
          timeoutMs,
          onRetry: ({ message }) => options.onProgress?.(`trying again: ${message}`),
        },
      );
      return { status: 'confirmed' };
    } catch (error) {
      return { status: 'failed', reason: (error as Error).message };
    }
  }

  /** The tablet's server, or why it has none. */
  private serverOf({ alias, hostname, grpcPort }: TabletTarget): GrpcServer | string {
    const check = 'Check that vttablet runs: it writes its address into the record when it starts.';
    if (hostname === '') return `${alias}: its Tablet record has no hostname. ${check}`;
    if (grpcPort === undefined) return `${alias}: its Tablet record has no grpc port. ${check}`;
    return grpcServer('vttablet', alias, { host: hostname, port: grpcPort }, this.access);
  }
}

const neverAsked: TabletOutcome = { status: 'failed', reason: 'It was not asked.' };
