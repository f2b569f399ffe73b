import type { TopologyTarget } from '../contributions/target.ts';
import { withProgress } from '../host/progress.ts';
import type { LoadedTopology } from '../host/session.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName, showFailedState } from './connectByName.ts';
import { pickConnection } from './pickConnection.ts';

/** A connection with its topology as it is now. */
export interface ReadTopology {
  readonly connection: string;
  readonly topology: LoadedTopology;
}

/** Reads the target's topology again, else the active one; undefined when nobody picks or it cannot be read, which is shown. */
export async function readAgain(
  deps: CommandDeps,
  target: TopologyTarget | undefined,
  placeholder: string,
): Promise<ReadTopology | undefined> {
  const session = await pickConnection(deps, target, { placeholder, orActive: true });
  if (session === undefined) return undefined;
  const connection = session.connection.name;
  if (session.state.status === 'disconnected') await connectByName(deps, connection);
  else {
    const state = await withProgress(`Reading ${connection}`, (signal) => deps.store.refresh(connection, signal));
    showFailedState(deps, connection, state);
  }
  const state = deps.store.get(connection)?.state;
  // What was read before the failure may have changed: nothing is planned from it.
  return state?.status === 'loaded' ? { connection, topology: state.topology } : undefined;
}
