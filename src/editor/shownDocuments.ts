import * as vscode from 'vscode';

/** The URIs of the documents that editors show, also side by side with another. A document itself may stay open for minutes after its editor is closed. */
export function shownDocuments(): Set<string> {
  const shown = new Set<string>();
  for (const { input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
    const uris =
      input instanceof vscode.TabInputText
        ? [input.uri]
        : input instanceof vscode.TabInputTextDiff
          ? [input.original, input.modified]
          : [];
    for (const uri of uris) shown.add(uri.toString());
  }
  return shown;
}
