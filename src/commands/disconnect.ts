import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickConnection } from './pickConnection.ts';

/** Closes a connection and forgets what was read through it. */
export function disconnect(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, {
      placeholder: 'Disconnect which topology?',
      accepts: ({ state }) => state.status !== 'disconnected',
    });
    if (session !== undefined) await deps.store.disconnect(session.connection.name);
  };
}
