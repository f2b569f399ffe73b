import * as vscode from 'vscode';
import { tabletTypes, type TabletTypeName } from '../model/move.ts';
import type { SwitchRequest } from '../switch/switchModel.ts';

const typeWords: Readonly<Record<TabletTypeName, string>> = {
  primary: 'writes, and reads of the primary',
  replica: 'reads of replicas',
  rdonly: 'batch reads',
};

/** Asks whose traffic, and where there are several cells in which; undefined when nobody answers. */
export async function pickTraffic(
  operation: SwitchRequest['operation'],
  cells: readonly string[],
): Promise<Pick<SwitchRequest, 'tabletTypes' | 'cells'> | undefined> {
  const verb = operation === 'switch' ? 'Switch' : 'Reverse';
  const types = await pickSome(
    `${verb} whose traffic?`,
    tabletTypes.map((type) => ({ label: type, description: typeWords[type] })),
  );
  if (types === undefined) return undefined;
  const chosen = tabletTypes.filter((type) => types.includes(type));
  const onlyWrites = chosen.every((type) => type === 'primary');
  if (cells.length < 2 || onlyWrites) return { tabletTypes: chosen, cells: [] };
  const some = await pickSome(
    `${verb} reads in which cells?`,
    cells.map((label) => ({ label })),
  );
  if (some === undefined) return undefined;
  return { tabletTypes: chosen, cells: some.length === cells.length ? [] : some };
}

/** All are chosen to begin with. Undefined when nothing is. */
async function pickSome(title: string, items: readonly vscode.QuickPickItem[]): Promise<string[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    items.map((item) => ({ ...item, picked: true })),
    { title, canPickMany: true, ignoreFocusOut: true, placeHolder: 'Space chooses, Enter goes on' },
  );
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ label }) => label);
}
