import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { withProgress } from '../host/progress.ts';
import { findingsInScope, type ReportScope } from '../host/report.ts';
import { shownTopology, type LoadedTopology } from '../host/session.ts';
import { moveTitle } from '../model/move.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';
import { pickConnection, pickTopology } from './pickConnection.ts';

/** Reads a topology again and reports everything that is found. */
export function diagnose(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, { placeholder: 'Diagnose which topology?', orActive: true });
    if (session !== undefined) await report(deps, session.connection.name, {});
  };
}

/** Reads a topology again and reports what is found in one keyspace. */
export function diagnoseKeyspace(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickScope(deps, target, 'Diagnose which keyspace?', target?.keyspace, ({ diagnosed }) =>
      [...diagnosed.snapshot.keyspaces.keys()].map((name) => ({ label: name, value: name })),
    );
    if (picked !== undefined) await report(deps, picked.connection, { keyspace: picked.value });
  };
}

/** Reads a topology again and reports what is found in one move. */
export function diagnoseMove(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickMove(deps, target, 'Diagnose which move?');
    if (picked !== undefined) await report(deps, picked.connection, { move: picked.value });
  };
}

/** Shows the report of what was read last, without reading again: also why nothing could be read. */
export function openReport(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const session = await pickConnection(deps, target, { placeholder: 'Report on which topology?', orActive: true });
    if (session !== undefined) await deps.reports.show(session.connection.name, {});
  };
}

/** The target's move, or the one that is picked. */
export function pickMove(
  deps: CommandDeps,
  target: TopologyTarget | undefined,
  placeholder: string,
): Promise<{ connection: string; value: string } | undefined> {
  return pickScope(deps, target, placeholder, target?.move, ({ diagnosed }) =>
    diagnosed.moves.map((move) => ({ label: moveTitle(move), description: move.trafficState, value: move.id })),
  );
}

interface ScopeItem extends vscode.QuickPickItem {
  readonly value: string;
}

async function pickScope(
  deps: CommandDeps,
  target: TopologyTarget | undefined,
  placeholder: string,
  given: string | undefined,
  itemsOf: (topology: LoadedTopology) => ScopeItem[],
): Promise<{ connection: string; value: string } | undefined> {
  if (given !== undefined && target?.connection !== undefined) return { connection: target.connection, value: given };
  const picked = await pickTopology(deps, target, placeholder);
  if (picked === undefined) return undefined;
  const connection = picked.session.connection.name;
  const items = itemsOf(picked.topology);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${connection} has nothing to choose from here.`);
    return undefined;
  }
  const item = await vscode.window.showQuickPick(items, { placeHolder: placeholder, matchOnDescription: true });
  return item === undefined ? undefined : { connection, value: item.value };
}

async function report(deps: CommandDeps, connection: string, scope: ReportScope): Promise<void> {
  const before = deps.store.get(connection);
  if (before?.state.status === 'disconnected') await connectByName(deps, connection);
  else await withProgress(`Diagnosing ${connection}`, (signal) => deps.store.refresh(connection, signal));
  const session = deps.store.get(connection);
  if (session === undefined || session.state.status === 'disconnected') return;
  // A read that failed is reported too: the document says why, and since when what it shows is old.
  await deps.reports.show(connection, scope);
  const shown = shownTopology(session.state);
  if (shown !== undefined && findingsInScope(shown, scope).length > 0) {
    await vscode.commands.executeCommand('workbench.panel.markers.view.focus', { preserveFocus: true });
  }
}
