import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { Plan } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { WritableTopology } from '../topology/topologyWriter.ts';
import type { Clock, RunHistory, RunRecord, TabletRefresher } from './ports.ts';

/** How long a run waits, in milliseconds. */
export interface ExecuteLimits {
  /** For each lock; Vitess waits 45 s. */
  readonly lockWaitMs: number;
  /** For one call of etcd or the history; calls that fail for a reason that passes are made again within three times this. */
  readonly callMs: number;
  /** For each tablet to confirm. */
  readonly tabletMs: number;
  /** For taking back what was denied. */
  readonly undoMs: number;
}

export const defaultExecuteLimits: ExecuteLimits = {
  lockWaitMs: 45_000,
  callMs: 15_000,
  tabletMs: 30_000,
  undoMs: 120_000,
};

export interface ExecuteOptions {
  readonly kind: RunRecord['kind'];
  /** The run that this one undoes. */
  readonly undoes?: string;
  readonly topology: WritableTopology;
  /** The plan that the operator saw and confirmed. */
  readonly plan: Plan;
  /** Makes the plan again from what is there under the run's own locks; undefined when nothing is left to do. */
  readonly replan: (
    topology: { readonly data: TopologyData; readonly diagnosed: DiagnosedTopology },
    options: { readonly ownLocks: readonly RecordId[] },
  ) => Plan | undefined;
  readonly refresher: TabletRefresher;
  readonly history: RunHistory;
  readonly clock: Clock;
  readonly who: RunRecord['who'];
  /** The connection's name where there is one. */
  readonly connection?: string;
  /** Where the topology is, in words. */
  readonly topologyName: string;
  /** Keyspaces that are gone on with although a primary of them did not confirm what it denies. */
  readonly forcedKeyspaces: ReadonlySet<string>;
  readonly limits: ExecuteLimits;
  /** Cancels: at once while a lock is waited for, else before the next step, and not at all once a side may be open. */
  readonly signal: AbortSignal;
  readonly onProgress: (run: RunRecord, words?: string) => void;
}
