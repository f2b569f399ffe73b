import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import type { ConnectionSettings } from '../host/connectionSettings.ts';
import { withProgress } from '../host/progress.ts';
import { shownTopology, type Session } from '../host/session.ts';
import type { RepairScope } from '../model/plan.ts';
import { resolveScope } from '../repair/resolveScope.ts';
import { runbook, type RunbookSubject } from '../repair/runbook.ts';
import { etcdOptions } from '../topology/addressOptions.ts';
import type { CommandDeps } from './commandDeps.ts';
import { pickTopology } from './pickConnection.ts';

/**
 * Reads a topology again and writes a runbook for it, or for one keyspace or
 * move of it. The document is an untitled one: an operator ticks steps off,
 * pastes what commands printed, and saves it beside the ticket.
 */
export function openRunbook(deps: CommandDeps): TargetCommand {
  return async (target) => {
    const picked = await pickTopology(deps, target, 'Write a runbook for which topology?');
    if (picked === undefined) return;
    const { name } = picked.session.connection;
    await withProgress(`Reading ${name}`, (signal) => deps.store.refresh(name, signal));
    const session = deps.store.get(name);
    const settings = deps.store.settingsOf(name);
    const topology = session === undefined ? undefined : shownTopology(session.state);
    if (session === undefined || settings === undefined || topology === undefined) return;
    const scope = resolveScope(scopeOf(target), topology.diagnosed);
    if (typeof scope === 'string') {
      void vscode.window.showWarningMessage(scope);
      return;
    }
    const request = { scope, direction: { kind: 'follow-routing' }, followReads: false } as const;
    const content = runbook(request, topology, subjectOf(session, settings));
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(document, { preview: false });
  };
}

function scopeOf({ move, keyspace }: TopologyTarget = {}): RepairScope {
  if (move !== undefined) return { kind: 'move', move };
  return keyspace === undefined ? { kind: 'all' } : { kind: 'keyspace', keyspace };
}

function subjectOf({ connection, state }: Session, settings: ConnectionSettings): RunbookSubject {
  return {
    name: connection.name,
    detail: connection.detail,
    address: settings.kind === 'snapshot' ? undefined : etcdOptions(settings),
    ...(state.status === 'failed' ? { stale: `The last refresh failed: ${state.failure.message}` } : {}),
  };
}
