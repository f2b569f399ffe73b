import { refreshShard } from '../diagnose/commandList.ts';
import type {
  Clock,
  RefreshOptions,
  ShardRefresh,
  ShardTablets,
  TabletOutcome,
  TabletRefresher,
} from '../repair/ports.ts';
import { shardRefresh } from './shardRefresh.ts';

export interface WaitingOptions {
  /** How long somebody else is given to have the tablets read their Shard record. */
  readonly seconds: number;
  /**
   * True when that is enough to go on: something outside refreshes every tablet
   * within this time. Vitess's own tablets do not: vttablet reads denied tables
   * when it starts and on RefreshState only, and --tablet-refresh-interval is how
   * often vtgate reads Tablet records.
   */
  readonly waitConfirms: boolean;
}

/** Nothing reaches the tablets: waits, visibly, while somebody else refreshes them. */
export class WaitingRefresher implements TabletRefresher {
  readonly description: string;
  private readonly options: WaitingOptions;
  private readonly clock: Clock;

  constructor(options: WaitingOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
    this.description = `nothing reaches the tablets: ${options.seconds} s are waited for somebody to refresh them`;
  }

  async refresh(shards: readonly ShardTablets[], options: RefreshOptions): Promise<readonly ShardRefresh[]> {
    const { waitConfirms } = this.options;
    const commands = shards.map(({ keyspace, shard }) => refreshShard(keyspace, shard));
    options.onProgress?.(`Run now, with VTCTLD as the address of vtctld: ${commands.join(' && ')}`);
    const outcome = await this.waitOut(options);
    return shards.map((shard, index) => {
      const result = shardRefresh(shard, () => outcome, [
        `Nothing asked the tablets of ${shard.keyspace}/${shard.shard} to read their Shard record. Run: ${commands[index] ?? ''}`,
      ]);
      return { ...result, primaryConfirmed: waitConfirms && outcome.status === 'waited' };
    });
  }

  private async waitOut({ signal, onProgress }: RefreshOptions): Promise<TabletOutcome> {
    const { seconds } = this.options;
    const startedAt = this.clock.now();
    const passed = (): number => (this.clock.now() - startedAt) / 1000;
    try {
      for (let left = seconds; left > 0; left = seconds - passed()) {
        onProgress?.(`waiting for the tablets: ${Math.ceil(left)} s left`);
        await this.clock.wait(Math.min(1, left) * 1000, signal);
      }
      return { status: 'waited', seconds };
    } catch (error) {
      if (!signal.aborted) throw error;
      return { status: 'failed', reason: `The wait was cancelled after ${Math.floor(passed())} of ${seconds} s.` };
    }
  }
}
