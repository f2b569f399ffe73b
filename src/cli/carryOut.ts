/** Carries out a plan from outside: with this machine's clock and user, real tablets and the history's folder. */
import { hostname, userInfo } from 'node:os';
import type { FileHistory } from '../history/fileHistory.ts';
import { systemClock } from '../history/systemClock.ts';
import type { Plan } from '../model/plan.ts';
import { defaultExecuteLimits, type ExecuteLimits, type ExecuteOptions } from '../repair/executeOptions.ts';
import { executePlan } from '../repair/executePlan.ts';
import { planRepair } from '../repair/planRepair.ts';
import { planUndo } from '../repair/planUndo.ts';
import type { RunRecord } from '../repair/ports.ts';
import { TopologyError } from '../topology/topology.ts';
import type { WritableTopology } from '../topology/topologyWriter.ts';
import { openRefresher, type TabletRoute } from './openRefresher.ts';

export interface CarryOutOptions {
  readonly topology: WritableTopology;
  readonly plan: Plan;
  readonly tablets: TabletRoute;
  readonly history: FileHistory;
  /** The connection's name where there is one. */
  readonly connection?: string;
  readonly forcedKeyspaces: readonly string[];
  readonly limits?: ExecuteLimits;
  /** Cancels between two steps. */
  readonly signal: AbortSignal;
  readonly onProgress: ExecuteOptions['onProgress'];
}

/**
 * Runs a plan and gives its final record. Rejects with a TopologyError when it
 * could not even begin: unusable credentials, or a run to undo that cannot be read.
 */
export async function carryOut(options: CarryOutOptions): Promise<RunRecord> {
  const { topology, plan, tablets, history, connection, limits = defaultExecuteLimits } = options;
  const { purpose } = plan;
  const replan = await replanner(plan, history);
  const refresher = await openRefresher(tablets, systemClock);
  return executePlan({
    kind: purpose.kind,
    ...(purpose.kind === 'undo' && { undoes: purpose.run }),
    topology,
    plan,
    replan,
    refresher,
    history,
    clock: systemClock,
    who: whoAmI(),
    ...(connection !== undefined && { connection }),
    topologyName: topology.description,
    forcedKeyspaces: new Set(options.forcedKeyspaces),
    limits,
    signal: options.signal,
    onProgress: options.onProgress,
  });
}

/** Who runs this program, as locks and the history tell it. */
export function whoAmI(): RunRecord['who'] {
  return { userName: userName(), hostName: hostname(), processId: process.pid };
}

/** Loads a run of the history; rejects with a TopologyError when it is not there or no run. */
export async function loadRun(history: FileHistory, id: string): Promise<RunRecord> {
  const run = await history.load(id);
  if (run.status === 'loaded') return run.value;
  const why = run.status === 'absent' ? 'it is not there' : run.reason;
  const message = `The run ${id} in ${history.folder} cannot be read: ${why}.`;
  throw new TopologyError({ code: run.status === 'absent' ? 'not-found' : 'invalid', message });
}

async function replanner({ purpose }: Plan, history: FileHistory): Promise<ExecuteOptions['replan']> {
  if (purpose.kind === 'repair') {
    return (topology, own) => planRepair(purpose.request, topology, own).plan;
  }
  const undone = await loadRun(history, purpose.run);
  return (topology, own) => {
    const result = planUndo(undone, topology, own);
    return 'plan' in result ? result.plan : undefined;
  };
}

/** A user id without an entry in the system's list of users has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
