/** Connections as settings describe them: checked strictly, because a misspelt field must not become a plain-text connection. */
import type { Connection } from './session.ts';
import { endpointProblem, SettingFields, type ResolvePath, type SettingProblem } from './settingFields.ts';
import { checkTablets, type TabletSettings } from './tabletSettings.ts';
import { checkTls, type TlsSettings } from './tlsSettings.ts';
import { checkVtctld, withVtctld, type VtctldSettings } from './vtctldSettings.ts';

export interface EtcdSettings {
  readonly kind: 'etcd';
  readonly name: string;
  readonly endpoints: readonly string[];
  /** The global root, e.g. `/vitess/global`. */
  readonly root: string;
  readonly user?: string;
  readonly tls?: TlsSettings;
  /** Addresses to reach a cell's etcd by, instead of its CellInfo's; `global` stands for the global etcd. */
  readonly cellAddresses?: Readonly<Record<string, string>>;
  /** Who is asked for workflows, and switches traffic. */
  readonly vtctld?: VtctldSettings;
  /** How a repair reaches the tablets; absent dials them in plain text. */
  readonly tablets?: TabletSettings;
}

export interface SnapshotSettings {
  readonly kind: 'snapshot';
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  /** The global root; absent finds it by its `cells/` folder. */
  readonly root?: string;
}

export type ConnectionSettings = EtcdSettings | SnapshotSettings;

export interface CheckedConnections {
  readonly connections: readonly ConnectionSettings[];
  readonly problems: readonly SettingProblem[];
}

export const defaultRoot = '/vitess/global';

/** Checks the value of the `connections` setting: entries that are wrong are named, the others are given. */
export function checkConnections(
  value: unknown,
  resolvePath: ResolvePath,
  taken: ReadonlySet<string> = new Set(),
): CheckedConnections {
  if (value === undefined || value === null) return { connections: [], problems: [] };
  if (!Array.isArray(value)) {
    return { connections: [], problems: [{ entry: '', field: '', message: 'must be a list of connections' }] };
  }
  const names = new Set(taken);
  const connections: ConnectionSettings[] = [];
  const problems: SettingProblem[] = [];
  for (const [index, entry] of (value as unknown[]).entries()) {
    const fields = new SettingFields(entry, index, resolvePath);
    const connection = checkEntry(fields, names);
    problems.push(...fields.problems);
    if (connection === undefined || fields.problems.length > 0) continue;
    names.add(connection.name);
    connections.push(connection);
  }
  return { connections, problems };
}

/** A problem as one sentence that names the entry and the field. */
export function problemWords({ entry, field, message }: SettingProblem): string {
  const where = [entry, field].filter((part) => part !== '').join(': ');
  return where === '' ? message : `${where} ${message}`;
}

/** What a connection is, in words, without credentials. */
export function describeConnection(settings: ConnectionSettings): Connection {
  const { name, kind } = settings;
  const detail =
    settings.kind === 'etcd'
      ? `etcd at ${settings.endpoints.join(', ')}, root ${settings.root}`
      : `folder ${settings.folder}`;
  return { name, kind, detail };
}

/** Why a text cannot be a connection's name; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'is missing';
  if (name !== name.trim()) return 'must not start or end with a space';
  if (name.length > 80) return 'must have at most 80 characters';
  // Names are parts of document addresses.
  return /[/\\?#%\p{Cc}]/u.test(name) ? 'must not contain / \\ ? # % or control characters' : undefined;
}

/** Why a text cannot be a global root; undefined when it can. */
export function rootProblem(root: string): string | undefined {
  return root.startsWith('/') ? undefined : `must start with a slash, as in ${defaultRoot}`;
}

const etcdFields = ['name', 'kind', 'endpoints', 'root', 'user', 'tls', 'cellAddresses', 'vtctld', 'tablets'];
const snapshotFields = ['name', 'kind', 'folder', 'root'];

function checkEntry(fields: SettingFields, names: ReadonlySet<string>): ConnectionSettings | undefined {
  if (!fields.isObject) return undefined;
  const name = fields.text('name', nameProblem);
  if (name === undefined && !fields.has('name')) fields.problem('name', 'is missing');
  if (name !== undefined && names.has(name)) fields.problem('name', 'is used by another connection');
  const kind = fields.text('kind');
  if (fields.has('password')) {
    fields.problem('password', 'must not be in settings: it is asked for when connecting and kept in secret storage');
  }
  switch (kind) {
    case 'etcd':
      fields.refuseOthers(etcdFields);
      return checkEtcd(fields, name ?? '');
    case 'snapshot':
      fields.refuseOthers(snapshotFields);
      return checkSnapshot(fields, name ?? '');
    default:
      fields.problem('kind', 'must be "etcd" or "snapshot"');
      return undefined;
  }
}

function checkEtcd(fields: SettingFields, name: string): EtcdSettings {
  const user = fields.text('user');
  const tls = fields.object('tls');
  const cellAddresses = fields.object('cellAddresses');
  const givenVtctld = fields.object('vtctld');
  const vtctld = givenVtctld === undefined ? undefined : checkVtctld(fields, givenVtctld);
  const tablets = fields.object('tablets');
  if (user === '') fields.problem('user', 'is empty');
  return {
    kind: 'etcd',
    name,
    endpoints: fields.endpoints(),
    root: fields.text('root', rootProblem) ?? defaultRoot,
    ...(user === undefined ? {} : { user }),
    ...(tls === undefined ? {} : { tls: checkTls(fields, 'tls', tls) }),
    ...(cellAddresses === undefined ? {} : { cellAddresses: checkCellAddresses(fields, cellAddresses) }),
    ...(vtctld === undefined ? {} : { vtctld }),
    ...(tablets === undefined
      ? {}
      : { tablets: withVtctld(checkTablets(fields, tablets, vtctld !== undefined), vtctld) }),
  };
}

function checkCellAddresses(fields: SettingFields, value: Record<string, unknown>): Record<string, string> {
  const addresses: Record<string, string> = {};
  for (const [cell, address] of Object.entries(value)) {
    const field = `cellAddresses.${cell}`;
    if (typeof address !== 'string') {
      fields.problem(field, 'must be a text with host:port');
      continue;
    }
    addresses[cell] = address;
    if (address === 'global') continue;
    const problem = address
      .split(',')
      .map((part) => endpointProblem(part.trim()))
      .find((found) => found !== undefined);
    if (problem !== undefined) fields.problem(field, problem);
  }
  return addresses;
}

function checkSnapshot(fields: SettingFields, name: string): SnapshotSettings {
  const folder = fields.text('folder');
  const root = fields.text('root', rootProblem);
  if (folder === undefined && !fields.has('folder')) fields.problem('folder', 'is missing');
  return {
    kind: 'snapshot',
    name,
    folder: folder === undefined ? '' : (fields.path('folder', folder) ?? ''),
    ...(root === undefined ? {} : { root }),
  };
}
