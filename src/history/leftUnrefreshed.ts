import type { ShardName } from '../model/plan.ts';
import type { RunRecord } from '../repair/ports.ts';
import { unrefreshedWhenCutOff } from '../repair/unrefreshed.ts';

/**
 * The shards whose tablets may not know what runs that are over wrote, because
 * those were cut off, stopped, or got no confirmation, and no later run
 * refreshed them. The runs are of one topology, newest first; `isOver` tells
 * those that write no more.
 */
export function leftUnrefreshed(runs: readonly RunRecord[], isOver: (run: RunRecord) => boolean): ShardName[] {
  const left = new Map<string, ShardName>();
  const refreshed = new Set<string>();
  for (const run of runs) {
    for (const shard of isOver(run) && mayStand(run) ? unrefreshedWhenCutOff(run) : []) {
      if (!refreshed.has(nameOf(shard))) left.set(nameOf(shard), shard);
    }
    for (const shard of refreshedBy(run)) refreshed.add(nameOf(shard));
  }
  return [...left].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shard]) => shard);
}

function mayStand({ status }: RunRecord): boolean {
  return status !== 'unchanged' && status !== 'undone';
}

function refreshedBy({ plan, steps }: RunRecord): ShardName[] {
  return plan.steps.flatMap((step, index) =>
    step.kind === 'refresh' && steps[index]?.status === 'done' ? step.shards : [],
  );
}

function nameOf({ keyspace, shard }: ShardName): string {
  return `${keyspace}/${shard}`;
}
