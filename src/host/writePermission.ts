import { createHash } from 'node:crypto';
import type { Memento } from 'vscode';
import type { EtcdSettings } from './connectionSettings.ts';

const key = 'vitessTopo.writableConnections';

/**
 * Which connections the user allowed to write. A connection is read-only until
 * then. The permission is kept for the user, not in settings, which a workspace
 * could bring along; and it is bound to where it was given for: settings that
 * keep a connection's name and change its endpoints or root do not have it.
 */
export class WritePermissions {
  private readonly state: Memento;

  constructor(state: Memento) {
    this.state = state;
  }

  isAllowed(connection: EtcdSettings): boolean {
    return this.all()[connection.name] === targetOf(connection);
  }

  async allow(connection: EtcdSettings): Promise<void> {
    await this.state.update(key, { ...this.all(), [connection.name]: targetOf(connection) });
  }

  /** Makes the connection with this name read-only again. */
  async withdraw(name: string): Promise<void> {
    const others = Object.entries(this.all()).filter(([allowed]) => allowed !== name);
    await this.state.update(key, Object.fromEntries(others));
  }

  private all(): Readonly<Record<string, unknown>> {
    const stored = this.state.get<unknown>(key);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  }
}

function targetOf({ endpoints, root, cellAddresses }: EtcdSettings): string {
  const parts = [[...endpoints].sort(), root, Object.entries(cellAddresses ?? {}).sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
