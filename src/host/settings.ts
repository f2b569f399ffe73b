import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { settingIds, settingsSection } from '../contributions/ids.ts';
import { checkConnections, type CheckedConnections, type ConnectionSettings } from './connectionSettings.ts';

/** Settings that are one value each. */
export interface Settings {
  /** The limit of one read of a topology, in milliseconds. */
  readonly timeoutMs: number;
  readonly codeLensEnabled: boolean;
  readonly problemsEnabled: boolean;
  /** Whether topologies in etcd are followed as they are written. */
  readonly liveEnabled: boolean;
  /** The folder with the recorded runs; undefined keeps them where the command line does. */
  readonly historyFolder: string | undefined;
}

/** Reads the settings of now; values outside their bounds are brought inside. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration(settingsSection);
  const seconds = settings.get<unknown>(settingIds.timeout);
  const folder = settings.get<unknown>(settingIds.historyFolder);
  return {
    timeoutMs: clamp(typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : 30, 1, 600) * 1000,
    codeLensEnabled: settings.get<unknown>(settingIds.codeLens) !== false,
    problemsEnabled: settings.get<unknown>(settingIds.problems) !== false,
    liveEnabled: settings.get<unknown>(settingIds.live) !== false,
    historyFolder: typeof folder === 'string' && folder !== '' ? resolvePath(folder) : undefined,
  };
}

/** The connections of user settings, then those of the workspace's; an untrusted workspace has none. */
export function readConnections(): CheckedConnections {
  const { globalValue, workspaceValue } = inspectConnections();
  const user = checkConnections(globalValue, resolvePath);
  if (!vscode.workspace.isTrusted) return user;
  const taken = new Set(user.connections.map(({ name }) => name));
  const workspace = checkConnections(workspaceValue, resolvePath, taken);
  return {
    connections: [...user.connections, ...workspace.connections],
    problems: [...user.problems, ...workspace.problems],
  };
}

/** Adds a connection to the user's settings, replacing one of the same name. */
export async function saveConnection(connection: ConnectionSettings): Promise<void> {
  const entries = entriesOf(inspectConnections().globalValue).filter((entry) => nameOf(entry) !== connection.name);
  await update([...entries, connection], vscode.ConfigurationTarget.Global);
}

/** Removes a connection from whichever settings it is in; false when it is in none that can be written. */
export async function deleteConnection(name: string): Promise<boolean> {
  const { globalValue, workspaceValue } = inspectConnections();
  const others = (value: unknown): unknown[] => entriesOf(value).filter((entry) => nameOf(entry) !== name);
  const has = (value: unknown): boolean => others(value).length < entriesOf(value).length;
  if (has(globalValue)) {
    await update(others(globalValue), vscode.ConfigurationTarget.Global);
    return true;
  }
  if (!has(workspaceValue) || !vscode.workspace.isTrusted) return false;
  await update(others(workspaceValue), vscode.ConfigurationTarget.Workspace);
  return true;
}

/** Calls `listener` whenever one of these settings changes. */
export function onSettingChange(ids: readonly string[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (ids.some((id) => event.affectsConfiguration(`${settingsSection}.${id}`))) listener();
  });
}

function inspectConnections(): { globalValue?: unknown; workspaceValue?: unknown } {
  return vscode.workspace.getConfiguration(settingsSection).inspect<unknown>(settingIds.connections) ?? {};
}

async function update(entries: readonly unknown[], target: vscode.ConfigurationTarget): Promise<void> {
  await vscode.workspace
    .getConfiguration(settingsSection)
    .update(settingIds.connections, entries.length === 0 ? undefined : entries, target);
}

function entriesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function nameOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined;
}

/** Paths may start with `~/` or `${workspaceFolder}`; relative ones start at the first open folder. */
function resolvePath(file: string): string | undefined {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  if (file === '~' || file.startsWith('~/')) return path.join(homedir(), file.slice(2));
  const expanded = folder === undefined ? file : file.replace(/^\$\{workspaceFolder\}/, () => folder);
  if (path.isAbsolute(expanded)) return path.normalize(expanded);
  return folder === undefined || expanded.startsWith('${') ? undefined : path.join(folder, expanded);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
