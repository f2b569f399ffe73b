import { createHash } from 'node:crypto';
import type { SecretStorage } from 'vscode';
import type { EtcdSettings } from './connectionSettings.ts';
import { vtctldOf } from './vtctldSettings.ts';

/** Whose password: the etcd user's, or that of vtctld's static authentication. */
export type PasswordOf = 'etcd' | 'vtctld';

/**
 * Passwords of connections, in the editor's secret storage only. A password is
 * bound to where it was given for: settings that keep a connection's name and
 * change the server or the user do not get it.
 */
export class ConnectionSecrets {
  private readonly storage: SecretStorage;
  private readonly ofWindow = new Map<string, string>();

  constructor(storage: SecretStorage) {
    this.storage = storage;
  }

  /** The password for these very settings; undefined when none is stored. */
  async get(connection: EtcdSettings, of: PasswordOf = 'etcd'): Promise<string | undefined> {
    const key = keys[of](connection.name);
    const stored = this.ofWindow.get(key) ?? (await this.storage.get(key));
    if (stored === undefined) return undefined;
    const { target, password } = parse(stored);
    return target === targetOf(connection, of) ? password : undefined;
  }

  /** Keeps the password for these settings, in place of an earlier one; without `keep` for this window only. */
  async set(
    connection: EtcdSettings,
    password: string,
    { keep, of = 'etcd' }: { readonly keep: boolean; readonly of?: PasswordOf },
  ): Promise<void> {
    const key = keys[of](connection.name);
    const value = JSON.stringify({ target: targetOf(connection, of), password });
    if (keep) await this.storage.store(key, value);
    else this.ofWindow.set(key, value);
  }

  /** Forgets the passwords of the connection with this name, or one of them. */
  async delete(name: string, which: readonly PasswordOf[] = ['etcd', 'vtctld']): Promise<void> {
    for (const key of which.map((of) => keys[of](name))) {
      this.ofWindow.delete(key);
      await this.storage.delete(key);
    }
  }
}

const keys: Readonly<Record<PasswordOf, (name: string) => string>> = {
  etcd: (name) => `vitessTopo.password:${name}`,
  vtctld: (name) => `vitessTopo.vtctldPassword:${name}`,
};

function targetOf(settings: EtcdSettings, of: PasswordOf): string {
  const { endpoints, user, tls, cellAddresses } = settings;
  const vtctld = vtctldOf(settings);
  const parts =
    of === 'etcd'
      ? [[...endpoints].sort(), user ?? '', tls ?? null, Object.entries(cellAddresses ?? {}).sort()]
      : [vtctld?.address ?? '', vtctld?.user ?? '', vtctld?.tls ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function parse(stored: string): { target?: unknown; password?: string } {
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== 'object' || value === null) return {};
    const { target, password } = value as { target?: unknown; password?: unknown };
    return { target, ...(typeof password === 'string' ? { password } : {}) };
  } catch {
    return {};
  }
}
