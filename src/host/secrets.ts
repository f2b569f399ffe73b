import { createHash } from 'node:crypto';
import type { SecretStorage } from 'vscode';
import type { EtcdSettings } from './connectionSettings.ts';

/**
 * Passwords of connections, in the editor's secret storage only. A password is
 * bound to where it was given for: settings that keep a connection's name and
 * change its endpoints or user do not get it.
 */
export class ConnectionSecrets {
  private readonly storage: SecretStorage;
  private readonly ofWindow = new Map<string, string>();

  constructor(storage: SecretStorage) {
    this.storage = storage;
  }

  /** The password for these very settings; undefined when none is stored. */
  async get(connection: EtcdSettings): Promise<string | undefined> {
    const stored = this.ofWindow.get(keyOf(connection.name)) ?? (await this.storage.get(keyOf(connection.name)));
    if (stored === undefined) return undefined;
    const { target, password } = parse(stored);
    return target === targetOf(connection) ? password : undefined;
  }

  /** Keeps the password for these settings, in place of an earlier one; without `keep` for this window only. */
  async set(connection: EtcdSettings, password: string, { keep }: { readonly keep: boolean }): Promise<void> {
    const value = JSON.stringify({ target: targetOf(connection), password });
    if (keep) await this.storage.store(keyOf(connection.name), value);
    else this.ofWindow.set(keyOf(connection.name), value);
  }

  /** Forgets the password of the connection with this name, if there is one. */
  async delete(name: string): Promise<void> {
    this.ofWindow.delete(keyOf(name));
    await this.storage.delete(keyOf(name));
  }
}

function keyOf(name: string): string {
  return `vitessTopo.password:${name}`;
}

function targetOf({ endpoints, user, tls, cellAddresses }: EtcdSettings): string {
  const parts = [[...endpoints].sort(), user ?? '', tls ?? null, Object.entries(cellAddresses ?? {}).sort()];
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
