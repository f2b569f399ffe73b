import * as vscode from 'vscode';
import { DisposableOwner } from '../host/disposables.ts';
import { mayHoldTopology } from '../records/dumpCheck.ts';
import { readSetDocument } from '../records/setDocument.ts';
import { folderOf, isJsonDocument, mostCharacters } from './dumpFiles.ts';
import { analyseAlone, DumpFolder, type DumpAnalysis } from './dumpFolder.ts';
import { shownDocuments } from './shownDocuments.ts';

/** Typing is waited for before a folder is analysed again. */
const quietMs = 300;
/** A document that is too large to be read is told to be a dump by its beginning. */
const lookedAtCharacters = 256 * 1024;

/** Follows the open documents that hold saved dumps, and the files beside them. */
export class SavedDumps extends DisposableOwner {
  private readonly folders = new Map<string, DumpFolder>();
  private readonly changes = this.own(new vscode.EventEmitter<void>());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private knewDumps = false;
  /** Fires when what is known of some dump may have changed. */
  readonly onDidChange = this.changes.event;

  constructor() {
    super();
    const { workspace, window } = vscode;
    for (const event of [workspace.onDidOpenTextDocument, workspace.onDidCloseTextDocument]) {
      this.own(event((document) => this.look(document)));
    }
    this.own(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.look(document);
      }),
    );
    this.own(window.tabGroups.onDidChangeTabs(() => this.changeSoon()));
    this.changeSoon();
  }

  /** The dumps that an editor shows. */
  get documents(): vscode.TextDocument[] {
    const shown = shownDocuments();
    return vscode.workspace.textDocuments.filter((document) => shown.has(document.uri.toString()) && isDump(document));
  }

  /** What a document and its neighbours say; undefined for one that is no dump, `too large` for one that is not read. */
  async analysisOf(document: vscode.TextDocument): Promise<DumpAnalysis | 'too large' | undefined> {
    if (!isDump(document)) return undefined;
    if (document.getText().length > mostCharacters) return 'too large';
    const folder = folderOf(document.uri);
    return folder === undefined ? analyseAlone(document) : this.folder(folder).analysis();
  }

  override dispose(): void {
    clearTimeout(this.timer);
    for (const folder of this.folders.values()) folder.dispose();
    this.folders.clear();
    super.dispose();
  }

  private folder(uri: vscode.Uri): DumpFolder {
    const key = uri.toString();
    let folder = this.folders.get(key);
    if (folder === undefined) {
      const created = new DumpFolder(uri, () => {
        created.invalidate();
        this.changeSoon();
      });
      folder = created;
      this.folders.set(key, folder);
    }
    return folder;
  }

  /** An open document's text counts for its folder when a dump of that folder is shown, whatever it holds itself. */
  private look(document: vscode.TextDocument): void {
    if (!isJsonDocument(document)) return;
    const folder = folderOf(document.uri);
    if (folder !== undefined) this.folders.get(folder.toString())?.invalidate();
    this.changeSoon();
  }

  /** Where no dump is shown or was, nobody hears of a change: most JSON is none. */
  private changeSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { documents } = this;
      this.forgetOthers(documents);
      const knew = this.knewDumps;
      this.knewDumps = documents.length > 0;
      if (knew || this.knewDumps) this.changes.fire();
    }, quietMs);
  }

  /** Stops watching folders of which no dump is shown any more. */
  private forgetOthers(documents: readonly vscode.TextDocument[]): void {
    const used = new Set(documents.map(({ uri }) => folderOf(uri)?.toString()));
    for (const [key, folder] of this.folders) {
      if (used.has(key)) continue;
      this.folders.delete(key);
      folder.dispose();
    }
  }
}

// Every provider asks again and again: what a version of a document is, is told once.
const told = new WeakMap<vscode.TextDocument, { readonly version: string; readonly isDump: boolean }>();

function isDump(document: vscode.TextDocument): boolean {
  const version = `${document.languageId} ${document.version}`;
  const known = told.get(document);
  if (known?.version === version) return known.isDump;
  const found = isJsonDocument(document) && looksLikeDump(document);
  told.set(document, { version, isDump: found });
  return found;
}

function looksLikeDump(document: vscode.TextDocument): boolean {
  const { path } = document.uri;
  const text = document.getText();
  if (text.length <= mostCharacters) return readSetDocument('', path, text) !== undefined;
  return mayHoldTopology(text.slice(0, lookedAtCharacters), path.slice(path.lastIndexOf('/') + 1));
}
