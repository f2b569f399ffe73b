/** Ports whose every call can be made to go wrong. */
import type { RunHistory, RunRecord, ShardTablets, RefreshOptions, TabletRefresher } from '../../src/repair/ports.ts';
import type { TopologyWriter, WritableTopology } from '../../src/topology/topologyWriter.ts';

/** One call of a port: its place in the run, and what is called. */
export interface PortCall {
  readonly index: number;
  readonly name: string;
}

/** Does a call, or something else instead. */
export type Intervention = <T>(call: PortCall, work: () => Promise<T>) => Promise<T>;

/** Counts the calls of all ports of a run and gives each to an intervention. */
export class FaultyPorts {
  readonly calls: string[] = [];
  private readonly intervene: Intervention;

  constructor(intervene: Intervention) {
    this.intervene = intervene;
  }

  topology(real: WritableTopology): WritableTopology {
    return {
      description: real.description,
      read: (options) => this.call('read', () => real.read(options)),
      openWriter: async (who, options) =>
        this.writer(await this.call('openWriter', () => real.openWriter(who, options))),
      close: () => real.close(),
    };
  }

  refresher(real: TabletRefresher): TabletRefresher {
    return {
      description: real.description,
      refresh: (shards: readonly ShardTablets[], options: RefreshOptions) =>
        this.call('refresh', () => real.refresh(shards, options)),
    };
  }

  history(real: RunHistory): RunHistory {
    return {
      newId: (startedAt) => real.newId(startedAt),
      save: (run: RunRecord) => this.call('save', () => real.save(run)),
    };
  }

  private writer(real: TopologyWriter): TopologyWriter {
    return {
      get limits() {
        return real.limits;
      },
      lost: real.lost,
      clusterOf: (record) => real.clusterOf(record),
      lock: (path, contents, options) => this.call('lock', () => real.lock(path, contents, options)),
      commit: (transaction, options) => this.call('commit', () => real.commit(transaction, options)),
      releaseAbandoned: (lock, judge, options) =>
        this.call('releaseAbandoned', () => real.releaseAbandoned(lock, judge, options)),
      close: (options) => this.call('close', () => real.close(options)),
    };
  }

  private call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const index = this.calls.length;
    this.calls.push(name);
    return this.intervene({ index, name }, work);
  }
}
