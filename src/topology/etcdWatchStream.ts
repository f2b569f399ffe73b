import type { IEvent, IKeyValue, IWatchResponse } from 'etcd3';
import type { EtcdConnection } from './etcdConnection.ts';
import type { KeyRange } from './etcdRange.ts';
import { TopologyError } from './topology.ts';

/** A range of keys that is watched, and the first revision that is not known of it yet. */
export interface WatchedRange {
  readonly range: KeyRange;
  next: bigint;
}

/** All writes of one revision to one watched range, in etcd's order. */
export interface RevisionWrites {
  readonly revision: string;
  readonly writes: readonly KeyWrite[];
}

/** One key after a write; `value`, `lease` and `mod_revision` count only when it was not deleted. */
export interface KeyWrite {
  readonly kv: IKeyValue;
  readonly deleted: boolean;
}

/** What comes out of one stream of watches. */
export interface StreamListener {
  /** Every watch stands; the cluster says who it is and its revision. */
  opened(header: { readonly cluster: string; readonly revision: bigint }): Promise<void>;
  wrote(writes: RevisionWrites): Promise<void>;
}

/**
 * Follows ranges of one cluster until the stream breaks, and moves their `next`
 * on as revisions are dealt with. Rejects with a TopologyError; `compacted` says
 * that a revision which is not known yet is gone, so that everything has to be read.
 */
export async function watchRanges(
  connection: EtcdConnection,
  ranges: readonly WatchedRange[],
  listener: StreamListener,
  signal: AbortSignal,
): Promise<never> {
  const broken = new AbortController();
  const stream = new StreamResponses(ranges, listener);
  // What a stream gave is dealt with in order, also after it broke: only then is it known where to go on.
  let dealtWith = Promise.resolve();
  const watches = ranges.map(({ range, next }, index) => ({
    ...range,
    start_revision: next.toString(),
    progress_notify: true,
    watch_id: index + 1,
  }));
  try {
    return await connection.watch(AbortSignal.any([signal, broken.signal]), (calls) =>
      calls.watch(watches, (response) => {
        dealtWith = dealtWith.then(() => stream.take(response));
        dealtWith.catch((error: unknown) => {
          broken.abort(error);
        });
      }),
    );
  } finally {
    // What went wrong in there ended the stream, and what ended the stream is what is thrown.
    await dealtWith.catch(() => undefined);
  }
}

/** Reads the responses of one stream one by one. */
class StreamResponses {
  private readonly ranges: readonly WatchedRange[];
  private readonly listener: StreamListener;
  private created = 0;

  constructor(ranges: readonly WatchedRange[], listener: StreamListener) {
    this.ranges = ranges;
    this.listener = listener;
  }

  async take(response: IWatchResponse): Promise<void> {
    if (response.canceled) throw canceled(response);
    const { cluster_id: cluster, revision } = response.header;
    if (response.created) {
      this.created++;
      if (this.created === this.ranges.length) await this.listener.opened({ cluster, revision: BigInt(revision) });
      return;
    }
    const watched = this.ranges[Number(response.watch_id) - 1];
    if (watched === undefined) return;
    for (const writes of byRevision(response.events)) {
      await this.listener.wrote(writes);
      watched.next = BigInt(writes.revision) + 1n;
    }
    // etcd says from time to time how far it is; going on from there spares it what it may have compacted.
    if (response.events.length === 0) watched.next = BigInt(revision) + 1n;
  }
}

/** etcd never splits the events of one revision over two responses, and gives them in order. */
function byRevision(events: readonly IEvent[]): RevisionWrites[] {
  const revisions: { revision: string; writes: KeyWrite[] }[] = [];
  for (const { type, kv } of events) {
    const write = { kv, deleted: type.toLowerCase() === 'delete' };
    const last = revisions.at(-1);
    if (last?.revision === kv.mod_revision) last.writes.push(write);
    else revisions.push({ revision: kv.mod_revision, writes: [write] });
  }
  return revisions;
}

function canceled({ compact_revision: compacted, cancel_reason: reason }: IWatchResponse): Error {
  if (compacted === '0') return new Error(reason === '' ? 'etcd ended the watch' : reason);
  return new TopologyError({ code: 'compacted', message: `etcd keeps its history from revision ${compacted} on.` });
}
