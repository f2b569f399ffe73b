import * as vscode from 'vscode';
import { SnapshotExportError } from '../topology/snapshotExportError.ts';
import { TopologyError } from '../topology/topology.ts';

/** True for an error that only says that somebody cancelled: nothing to show. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof vscode.CancellationError) return true;
  return (error instanceof TopologyError || error instanceof SnapshotExportError) && error.code === 'cancelled';
}

/** An AbortSignal that aborts when the token is cancelled. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
