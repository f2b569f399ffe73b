import { setMaxListeners } from 'node:events';
import type { MessageShape } from '@bufbuild/protobuf';
import type { RefreshStateByShardResponseSchema } from '../records/gen/vtctldata_pb.js';
import type {
  RefreshOptions,
  ShardRefresh,
  ShardTablets,
  TabletOutcome,
  TabletRefresher,
  TabletTarget,
} from '../repair/ports.ts';
import { mapLimited } from '../topology/concurrency.ts';
import type { GrpcAccess } from './grpcServer.ts';
import { shardRefresh } from './shardRefresh.ts';
import { VtctldClient } from './vtctldClient.ts';

const PARALLEL = 16;

/**
 * Has vtctld ask the tablets (RefreshStateByShard). vtctld gives its tablets
 * at most --remote-operation-timeout (15 s), whatever the caller allows.
 */
export class VtctldRefresher implements TabletRefresher {
  readonly description: string;
  private readonly client: VtctldClient;

  /** Throws a TopologyError for credentials that cannot work with any server. */
  constructor(address: { readonly host: string; readonly port: number }, access: GrpcAccess = {}) {
    this.client = new VtctldClient(address, access);
    this.description = this.client.description;
  }

  refresh(shards: readonly ShardTablets[], options: RefreshOptions): Promise<readonly ShardRefresh[]> {
    // Every call in flight listens; that is no leak.
    setMaxListeners(0, options.signal);
    return mapLimited(shards, PARALLEL, (shard) => this.refreshShard(shard, options));
  }

  private async refreshShard(shard: ShardTablets, options: RefreshOptions): Promise<ShardRefresh> {
    const { signal, timeoutMs, onProgress } = options;
    const { keyspace, shard: name } = shard;
    onProgress?.(`asking vtctld to refresh ${keyspace}/${name}`);
    try {
      const response = await this.client.refreshStateByShard(keyspace, name, {
        signal,
        timeoutMs,
        onRetry: ({ message }) => onProgress?.(`trying again: ${message}`),
      });
      return readResponse(shard, response);
    } catch (error) {
      const { message } = error as Error;
      return shardRefresh(shard, () => ({ status: 'failed', reason: message }), [message]);
    }
  }
}

/** Begins the words on each tablet that failed; only the texts of topotools.RefreshTabletsByShard tell who did not. */
const failedTablet = 'failed to refresh tablet ';
const partialRecords = 'got partial results from topo server';

function readResponse(
  shard: ShardTablets,
  response: MessageShape<typeof RefreshStateByShardResponseSchema>,
): ShardRefresh {
  const { isPartialRefresh, partialRefreshDetails } = response;
  const details = partialRefreshDetails.replace(/\s+/g, ' ').trim() || 'no details';
  const told = details.startsWith(failedTablet) && !details.includes(partialRecords);
  const outcome = ({ alias, hostname }: TabletTarget): TabletOutcome => {
    // vtctld leaves such a tablet out and calls the refresh complete.
    if (hostname === '') return { status: 'skipped', reason: `${alias}: its Tablet record has no hostname.` };
    if (!isPartialRefresh || (told && !details.includes(alias))) return { status: 'confirmed' };
    return { status: 'failed', reason: `vtctld told of a partial refresh: ${details}` };
  };
  const { keyspace, shard: name } = shard;
  const note = `vtctld refreshed only a part of ${keyspace}/${name}: ${details}.`;
  return shardRefresh(shard, outcome, isPartialRefresh ? [note] : []);
}
