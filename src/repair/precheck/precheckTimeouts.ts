import type { PrecheckReason, PrecheckRequest, PrecheckTimeouts } from './precheckModel.ts';

/** topo.LockTimeout in Vitess. */
const lockWaitMs = 45_000;
/** The workflow's named lock; both keyspaces for the reads; both again for the writes. */
const lockWaits = 5;
/** shardTabletRefreshTimeout in go/vt/vtctl/workflow: before anything is changed, and when the denied tables are. */
const refreshMs = 30_000;
const refreshRounds = 2;
const postJournalMs = 30_000;
const defaultTimeoutMs = 30_000;
/** --timeout limits the stop of the streams and the catch-up, each. */
const timedSteps = 2;

/** The longest that a SwitchTraffic or ReverseTraffic of all tablet types may take (Server.WorkflowSwitchTraffic in Vitess). */
export function precheckTimeouts({ timeoutMs: catchUpMs = defaultTimeoutMs }: PrecheckRequest): PrecheckTimeouts {
  const allLockWaitsMs = lockWaits * lockWaitMs;
  const totalMs = allLockWaitsMs + refreshRounds * refreshMs + timedSteps * catchUpMs + postJournalMs;
  return {
    lockWaitMs: allLockWaitsMs,
    refreshPerSideMs: refreshMs,
    catchUpMs,
    postJournalMs,
    totalMs,
    advice: `--action-timeout=${Math.ceil(totalMs / 60_000)}m`,
  };
}

/** A client that gives up cancels the operation where it stands. */
export function timeoutReasons({ actionTimeoutMs }: PrecheckRequest, timeouts: PrecheckTimeouts): PrecheckReason[] {
  if (actionTimeoutMs === undefined || actionTimeoutMs >= timeouts.totalMs) return [];
  return [
    {
      code: 'action-timeout',
      message:
        `An --action-timeout of ${actionTimeoutMs / 1000} s can end before Vitess does, which may take ` +
        `${timeouts.totalMs / 1000} s: the operation is then cancelled halfway, and denied tables and rules may stand between the sides. ` +
        `Next: give ${timeouts.advice} or more.`,
    },
  ];
}
