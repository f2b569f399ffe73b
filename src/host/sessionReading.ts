import type { TopologyFailure } from '../model/topologyData.ts';
import { TopologyError } from '../topology/topology.ts';
import type { ConnectionSettings } from './connectionSettings.ts';
import type { LoadedTopology, SessionState } from './session.ts';

/** True for settings that name the same connection in the same way. */
export function isSame(a: ConnectionSettings, b: ConnectionSettings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The state of a session whose topology could not be read; `last` is what was read before. */
export function failedState(failure: TopologyFailure, last: LoadedTopology | undefined): SessionState {
  return { status: 'failed', failure, ...(last === undefined ? {} : { last }) };
}

/** The state of a session that is not followed any more, though nothing failed. */
export function notLive(state: SessionState): SessionState {
  return state.status === 'loaded' && state.live === true ? { status: 'loaded', topology: state.topology } : state;
}

/** The error of a read whose caller gave up. */
export function cancelled(name: string): TopologyError {
  return new TopologyError({ code: 'cancelled', message: `Reading ${name} was cancelled.` });
}

/** Rejects when the signal aborts, and never resolves. */
export function rejectOnAbort(signal: AbortSignal | undefined, name: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled(name)), { once: true });
  });
}

/** Why a topology could not be read, which is also logged. */
export function readFailure(
  error: unknown,
  name: string,
  log: { info(message: string): void; error(error: unknown, message: string): void },
): TopologyFailure {
  if (error instanceof TopologyError) {
    log.info(`${name}: could not be read (${error.code}): ${error.message}`);
    return { code: error.code, message: error.message };
  }
  log.error(error, `${name}: could not be read`);
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'invalid', message: `An unexpected error: ${message}. The log has the details.` };
}
