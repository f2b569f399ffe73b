import * as vscode from 'vscode';
import { DisposableOwner } from './disposables.ts';
import type { SessionStore } from './sessionStore.ts';
import type { WritePermissions } from './writePermission.ts';

/** Whether a connection's topology may be changed. */
export type Access = 'writable' | 'readonly';

/** What may be written now: an etcd that the user allowed to write, in a trusted workspace. */
export class WriteAccess extends DisposableOwner {
  private readonly store: SessionStore;
  private readonly permissions: WritePermissions;
  private readonly changes = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changes.event;

  constructor(store: SessionStore, permissions: WritePermissions) {
    super();
    this.store = store;
    this.permissions = permissions;
    this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.changes.fire()));
  }

  /** Undefined for what is never written: a snapshot, or a connection that is gone. */
  of(name: string): Access | undefined {
    const settings = this.store.settingsOf(name);
    if (settings?.kind !== 'etcd') return undefined;
    return vscode.workspace.isTrusted && this.permissions.isAllowed(settings) ? 'writable' : 'readonly';
  }

  /** Allows writes to where this connection leads now. */
  async allow(name: string): Promise<void> {
    const settings = this.store.settingsOf(name);
    if (settings?.kind !== 'etcd') return;
    await this.permissions.allow(settings);
    this.changes.fire();
  }

  async withdraw(name: string): Promise<void> {
    await this.permissions.withdraw(name);
    this.changes.fire();
  }
}
