import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { withProgress } from '../host/progress.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName, showFailedState } from './connectByName.ts';
import { pickConnection } from './pickConnection.ts';

/** Reads a topology again; the target's, else the active one. */
export function refresh(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, { placeholder: 'Refresh which topology?', orActive: true });
    if (session === undefined) return;
    const { name } = session.connection;
    if (session.state.status === 'disconnected') {
      await connectByName(deps, name);
      return;
    }
    const state = await withProgress(`Refreshing ${name}`, (signal) => deps.store.refresh(name, signal));
    showFailedState(deps, name, state);
  };
}
