import * as vscode from 'vscode';

const key = 'vitessTopo.activeConnection';

/** The active connection's name, remembered in the workspace; an untrusted workspace is neither read nor written. */
export function connectionMemory(state: vscode.Memento): {
  get(): string | undefined;
  set(name: string | undefined): void;
} {
  return {
    get: () => (vscode.workspace.isTrusted ? state.get<string>(key) : undefined),
    set: (name) => {
      if (vscode.workspace.isTrusted) void state.update(key, name);
    },
  };
}
