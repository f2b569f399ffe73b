import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';
import { pickConnection } from './pickConnection.ts';

/** Makes a connection the one that lenses, the status bar and commands without a selection speak of. */
export function useConnection(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, { placeholder: 'Use which connection?' });
    if (session === undefined) return;
    const { name } = session.connection;
    if (session.state.status === 'disconnected') await connectByName(deps, name);
    else deps.store.use(name);
  };
}
