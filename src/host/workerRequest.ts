/** What the process that carries out a plan is told; it comes through its standard input only, for the passwords. */
import type { EtcdSettings } from './connectionSettings.ts';
import { defaultTablets, type TabletSettings } from './tabletSettings.ts';
import type { TlsSettings } from './tlsSettings.ts';

export interface WorkerRequest {
  readonly topology: {
    readonly endpoints: readonly string[];
    readonly root: string;
    readonly user?: string;
    readonly password?: string;
    /** Paths of PEM files. */
    readonly tls?: TlsSettings;
    readonly cellAddresses?: Readonly<Record<string, string>>;
  };
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
  { name, endpoints, root, user, tls, cellAddresses, tablets = defaultTablets }: EtcdSettings,
  passwords: Passwords,
  run: Pick<WorkerRequest, 'plan' | 'kind' | 'undoes' | 'forcedKeyspaces' | 'historyFolder'>,
): WorkerRequest {
  return {
    topology: {
      endpoints,
      root,
      ...(user === undefined ? {} : { user, password: passwords.etcd ?? '' }),
      ...(tls === undefined ? {} : { tls }),
      ...(cellAddresses === undefined ? {} : { cellAddresses }),
    },
    tablets: { ...tablets, ...(needsVtctldPassword(tablets) ? { password: passwords.vtctld ?? '' } : {}) },
    connection: name,
    ...run,
  };
}

/** Whether vtctld asks for a password. */
export function needsVtctldPassword({ via, user }: TabletSettings): boolean {
  return via === 'vtctld' && user !== undefined;
}
