import * as vscode from 'vscode';
import { count } from '../model/words.ts';
import { rowScheme } from './treeItem.ts';

/** Gives rows with errors below them the error colour and the count. */
export function registerErrorDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme, query }) => {
      if (scheme !== rowScheme) return undefined;
      const errors = Number(query);
      // A badge has room for two characters.
      const badge = errors > 99 ? '9+' : String(errors);
      return new vscode.FileDecoration(badge, count(errors, 'error'), new vscode.ThemeColor('list.errorForeground'));
    },
  });
}
