import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { signalOf } from './cancellation.ts';

const patienceMs = 1000;

/**
 * Runs a task; when it takes longer than a second, a notification with Cancel
 * shows it. Cancelling aborts the task's signal.
 */
export async function withProgress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const running = task(controller.signal);
  const settled = running.then(
    () => undefined,
    () => undefined,
  );
  const timer = new AbortController();
  const slow = await Promise.race([
    settled.then(() => false),
    delay(patienceMs, true, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  if (slow) {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        signalOf(token).addEventListener('abort', () => controller.abort(), { once: true });
        await settled;
      },
    );
  }
  return running;
}
