import { setTimeout as delay } from 'node:timers/promises';
import type { TopologyUpdate } from '../model/topologyChange.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { ToldWorkflows } from './askWorkflows.ts';

/** How a followed topology keeps up with the workflows, which no write of a record tells of. */
export interface WorkflowFollowing {
  /** The topology as it was read, without the workflows. */
  readonly from: TopologyData;
  readonly told: ToldWorkflows;
  readonly ask: (data: TopologyData, signal: AbortSignal) => Promise<ToldWorkflows>;
  readonly merge: (data: TopologyData, told: ToldWorkflows) => TopologyData;
  /** How long an answer counts, in milliseconds. */
  readonly intervalMs: number;
}

type Listener = (update: TopologyUpdate) => void;

/**
 * Follows a topology by `watch` and lays what was told of workflows beside every update. They are asked for
 * again at each interval; an answer from before a record was written is marked as outdated until then, so
 * that nothing is said to contradict it.
 */
export async function followWorkflows(
  { from, told: first, ask, merge, intervalMs }: WorkflowFollowing,
  watch: (from: TopologyData, listener: Listener, signal: AbortSignal) => Promise<void>,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let told = first;
  let last: TopologyUpdate = { data: from, changes: [], revision: undefined, status: { kind: 'live' } };
  const tell = (update: TopologyUpdate): void => {
    listener({ ...update, data: merge(update.data, told) });
  };
  const watching = watch(
    from,
    (update) => {
      last = update;
      if (update.changes.length > 0 && told.asked.isOutdated !== true) {
        told = { ...told, asked: { ...told.asked, isOutdated: true } };
      }
      tell(update);
    },
    both,
  );
  const asking = (async (): Promise<void> => {
    for (;;) {
      await delay(intervalMs, undefined, { signal: both });
      const before = last;
      const next = await ask(before.data, both);
      if (both.aborted) return;
      // A record that was written meanwhile may be younger than the answer.
      const isOutdated = last.data !== before.data && last.changes.length > 0;
      told = isOutdated ? { ...next, asked: { ...next.asked, isOutdated } } : next;
      tell({ data: last.data, changes: [], revision: undefined, status: last.status });
    }
  })().catch((error: unknown) => {
    if (!both.aborted) throw error;
  });
  try {
    await Promise.race([watching, asking.then(() => watching)]);
  } finally {
    ended.abort();
    await asking.catch(() => undefined);
  }
}
