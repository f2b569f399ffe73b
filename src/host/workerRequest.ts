/** What the process that carries out a plan or a guarded switch is told; it comes through its standard input only, for the passwords. */
import type { EtcdSettings } from './connectionSettings.ts';
import { defaultTablets, type TabletSettings } from './tabletSettings.ts';
import type { SwitchRequest } from '../switch/switchModel.ts';
import type { TlsSettings } from './tlsSettings.ts';
import type { VtctldSettings } from './vtctldSettings.ts';

export type WorkerRequest = PlanRequest | SwitchWorkerRequest;

/** The global etcd, with what lets one in. */
export interface WorkerTopology {
  readonly endpoints: readonly string[];
  readonly root: string;
  readonly user?: string;
  readonly password?: string;
  /** Paths of PEM files. */
  readonly tls?: TlsSettings;
  readonly cellAddresses?: Readonly<Record<string, string>>;
}

export interface SwitchWorkerRequest {
  readonly kind: 'switch';
  readonly topology: WorkerTopology;
  readonly vtctld: VtctldSettings & { readonly password?: string };
  /** The connection's name. */
  readonly connection: string;
  readonly request: SwitchRequest;
  readonly historyFolder: string;
}

export interface PlanRequest {
  readonly topology: WorkerTopology;
  readonly tablets: TabletSettings & { readonly password?: string };
  /** The connection's name. */
  readonly connection: string;
  /** As the history writes it. */
  readonly plan: unknown;
  readonly kind: 'repair' | 'undo';
  readonly undoes?: string;
  readonly forcedKeyspaces: readonly string[];
  readonly historyFolder: string;
}

export interface Passwords {
  readonly etcd?: string;
  readonly vtctld?: string;
}

/** The request for a plan of a connection. */
export function workerRequest(
  settings: EtcdSettings,
  passwords: Passwords,
  run: Pick<PlanRequest, 'plan' | 'kind' | 'undoes' | 'forcedKeyspaces' | 'historyFolder'>,
): PlanRequest {
  const { name, tablets = defaultTablets } = settings;
  return {
    topology: workerTopology(settings, passwords),
    tablets: { ...tablets, ...(needsVtctldPassword(tablets) ? { password: passwords.vtctld ?? '' } : {}) },
    connection: name,
    ...run,
  };
}

/** The request for a guarded switch of a connection. */
export function switchWorkerRequest({
  settings,
  vtctld,
  passwords,
  request,
  historyFolder,
}: {
  readonly settings: EtcdSettings;
  readonly vtctld: VtctldSettings;
  readonly passwords: Passwords;
  readonly request: SwitchRequest;
  readonly historyFolder: string;
}): SwitchWorkerRequest {
  return {
    kind: 'switch',
    topology: workerTopology(settings, passwords),
    vtctld: { ...vtctld, ...(vtctld.user === undefined ? {} : { password: passwords.vtctld ?? '' }) },
    connection: settings.name,
    request,
    historyFolder,
  };
}

function workerTopology(
  { endpoints, root, user, tls, cellAddresses }: EtcdSettings,
  { etcd = '' }: Passwords,
): WorkerTopology {
  return {
    endpoints,
    root,
    ...(user === undefined ? {} : { user, password: etcd }),
    ...(tls === undefined ? {} : { tls }),
    ...(cellAddresses === undefined ? {} : { cellAddresses }),
  };
}

/** Whether vtctld asks for a password. */
export function needsVtctldPassword({ via, user }: TabletSettings): boolean {
  return via === 'vtctld' && user !== undefined;
}
