import * as vscode from 'vscode';
import { draftSettings, emptyDraft, type ConnectionDraft } from '../host/connectionDraft.ts';
import { isCancellation } from '../host/cancellation.ts';
import type { ConnectionSettings } from '../host/connectionSettings.ts';
import { askSteps } from '../host/multiStep.ts';
import { withProgress } from '../host/progress.ts';
import { readSettings, saveConnection } from '../host/settings.ts';
import { isTrustedFor } from '../host/trust.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';
import { connectionSteps } from './connectionSteps.ts';

/** Asks for a connection, tries it, and saves it in the user's settings; the password goes to secret storage. */
export function addConnection(deps: CommandDeps): () => Promise<void> {
  return async () => {
    if (!isTrustedFor('Adding a connection')) return;
    let draft: ConnectionDraft | undefined = emptyDraft;
    for (;;) {
      draft = await askSteps('Add Connection', draft, (answers) =>
        connectionSteps(answers, (name) => deps.store.get(name) !== undefined),
      );
      if (draft === undefined) return;
      const settings = draftSettings(draft);
      const problem = await tryConnection(deps, settings, draft.password);
      const next = problem === undefined ? 'save' : await askNext(settings.name, problem);
      if (next === 'give up') return;
      if (next === 'edit') continue;
      await save(deps, settings, draft.password);
      return;
    }
  };
}

/** Reads the topology once; why it cannot be read, or undefined when it can. */
async function tryConnection(
  { openTopology, log }: CommandDeps,
  settings: ConnectionSettings,
  password: string,
): Promise<string | undefined> {
  try {
    await withProgress(`Trying ${settings.name}`, async (signal) => {
      const topology = await openTopology(settings, password);
      try {
        await topology.read({ signal, timeoutMs: readSettings().timeoutMs });
      } finally {
        await topology.close();
      }
    });
    return undefined;
  } catch (error) {
    if (isCancellation(error)) return 'Trying it was cancelled.';
    log.info(`${settings.name}: could not be read when it was added: ${String(error)}`);
    return error instanceof Error ? error.message : String(error);
  }
}

async function askNext(name: string, problem: string): Promise<'save' | 'edit' | 'give up'> {
  const save = 'Save Anyway';
  const edit = 'Edit';
  const choice = await vscode.window.showWarningMessage(
    `${name} could not be read.`,
    { modal: true, detail: problem },
    edit,
    save,
  );
  return choice === save ? 'save' : choice === edit ? 'edit' : 'give up';
}

async function save(deps: CommandDeps, settings: ConnectionSettings, password: string): Promise<void> {
  if (settings.kind === 'etcd' && settings.user !== undefined) {
    await deps.secrets.set(settings, password, { keep: true });
  }
  await saveConnection(settings);
  deps.reloadConnections();
  await connectByName(deps, settings.name);
}
