import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';
import { pickConnection } from './pickConnection.ts';

/** Connects, makes the connection the active one, and shows why when it cannot be read. */
export function connect(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, {
      placeholder: 'Connect to which topology?',
      accepts: ({ state }) => state.status === 'disconnected' || state.status === 'failed',
    });
    if (session !== undefined) await connectByName(deps, session.connection.name);
  };
}
