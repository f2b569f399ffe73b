import * as vscode from 'vscode';
import { commandIds, type CommandId } from '../contributions/ids.ts';
import type { CommandSignatures } from '../contributions/commandSignatures.ts';
import { isCancellation } from './cancellation.ts';

/** Registers every command; a failure is logged with its stack and shown, a cancel is silent. */
export function registerCommands(handlers: CommandSignatures, log: vscode.LogOutputChannel): vscode.Disposable {
  const ids: readonly CommandId[] = Object.values(commandIds);
  return vscode.Disposable.from(...ids.map((id) => register(id, handlers[id], log)));
}

function register(
  id: CommandId,
  handler: (...args: never[]) => Promise<void>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  // Menus hand over null where there is no row.
  return vscode.commands.registerCommand(id, (...args: unknown[]) =>
    attempt(log, id, () => handler(...(args.map((arg) => arg ?? undefined) as never[]))),
  );
}

/** Runs what a command or a button began: a failure is logged with its stack and shown, a cancel is silent. */
export async function attempt(log: vscode.LogOutputChannel, name: string, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (isCancellation(error)) return;
    log.error(error instanceof Error ? error : String(error), name);
    // Not awaited: the command has ended when its message appears, not when somebody closes that.
    void showFailure(error instanceof Error ? error.message : String(error), log);
  }
}

/** Shows an error with a way to the log. */
export async function showFailure(message: string, log: vscode.LogOutputChannel): Promise<void> {
  const showLog = 'Show Log';
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}
