import path from 'node:path';
import * as vscode from 'vscode';
import { viewIds } from '../contributions/ids.ts';
import { askFolder } from '../host/askFolder.ts';
import { nameProblem } from '../host/connectionSettings.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connectByName } from './connectByName.ts';

/** The name under which the sample is shown. */
export const sampleName = 'sample';

/** Opens the topology that comes with the extension: a ReverseTraffic that died half way. */
export function openSample(deps: CommandDeps): () => Promise<void> {
  return async () => {
    const folder = vscode.Uri.joinPath(deps.extensionUri, 'samples', 'broken-reverse').fsPath;
    await openFolder(deps, folder, sampleName);
  };
}

/** Opens a folder that holds a snapshot, for this window; asks for it when it is given none. */
export function openSnapshot(deps: CommandDeps): (folder?: vscode.Uri) => Promise<void> {
  return async (given) => {
    const folder = given instanceof vscode.Uri ? given : await askFolder('Open Snapshot Folder', 'Open Snapshot');
    if (folder === undefined) return;
    if (folder.scheme !== 'file') throw new Error(`${folder.toString()} is not a folder on this machine's disk.`);
    await openFolder(deps, folder.fsPath, nameOf(folder.fsPath));
  };
}

async function openFolder(deps: CommandDeps, folder: string, wanted: string): Promise<void> {
  const known = deps.store.all.find(({ connection: { name } }) => {
    const settings = deps.store.settingsOf(name);
    return settings?.kind === 'snapshot' && settings.folder === folder;
  });
  const name = known?.connection.name ?? freeName(deps, wanted);
  if (known === undefined) deps.store.addForWindow({ kind: 'snapshot', name, folder });
  await vscode.commands.executeCommand(`${viewIds.topology}.focus`);
  await connectByName(deps, name);
}

function nameOf(folder: string): string {
  const base = path.basename(folder).trim();
  return nameProblem(base) === undefined ? base : 'snapshot';
}

function freeName({ store }: CommandDeps, wanted: string): string {
  if (store.get(wanted) === undefined) return wanted;
  for (let number = 2; ; number++) {
    const name = `${wanted} ${number}`;
    if (store.get(name) === undefined) return name;
  }
}
