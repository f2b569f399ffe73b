/** The files of one folder that may be dumps, read within limits. */
import * as vscode from 'vscode';
import { readSetDocument, type SetDocument } from '../records/setDocument.ts';

/** A dump of a large cluster has a few megabytes; more is not parsed while somebody types. */
export const mostCharacters = 8 * 1024 * 1024;
const mostFiles = 200;
const mostCharactersInAll = 4 * mostCharacters;
const jsonFile = /\.jsonc?$/i;
/** Files that are named like vtctldclient's commands come first when there are too many. */
const commandName = /^(?:Get|FindAll|Workflow|MoveTables)/;

export interface DumpFiles {
  readonly documents: readonly SetDocument[];
  /** Files that may be dumps and were not read, with the reason. */
  readonly skipped: readonly string[];
}

/** True for a document whose text can be a dump. */
export function isJsonDocument({ languageId, uri }: vscode.TextDocument): boolean {
  if (languageId !== 'json' && languageId !== 'jsonc') return false;
  // Older versions of a file and the like are of another time than the files beside them.
  return uri.scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true;
}

/** Reads a folder's dumps, and remembers what did not change since the last time. */
export class DumpFileReader {
  private readonly folder: vscode.Uri;
  private known = new Map<string, { readonly stamp: string; readonly document: SetDocument | undefined }>();

  constructor(folder: vscode.Uri) {
    this.folder = folder;
  }

  /** Reads what is there now; unsaved text of open editors counts. Files that vanish meanwhile are left out. */
  async read(): Promise<DumpFiles> {
    const open = new Map(openDocuments(this.folder).map((document) => [document.uri.toString(), document]));
    const names = await this.fileNames();
    const uris = names.slice(0, mostFiles).map((name) => vscode.Uri.joinPath(this.folder, name));
    const skipped = names.length > mostFiles ? [`${names.length - mostFiles} of ${names.length} files`] : [];
    const shown = new Set(uris.map((uri) => uri.toString()));
    for (const [id, { uri }] of open) if (!shown.has(id)) uris.push(uri);
    const known: typeof this.known = new Map();
    let characters = 0;
    for (const uri of uris) {
      const id = uri.toString();
      const source = await sourceOf(uri, open.get(id));
      if (source === undefined) continue;
      characters += source.size;
      if (source.size > mostCharacters || characters > mostCharactersInAll) {
        skipped.push(fileName(uri));
        continue;
      }
      const before = this.known.get(id);
      const entry =
        before?.stamp === source.stamp
          ? before
          : { stamp: source.stamp, document: readSetDocument(id, uri.path, await source.text()) };
      known.set(id, entry);
    }
    this.known = known;
    return { documents: [...known.values()].flatMap(({ document }) => document ?? []), skipped };
  }

  private async fileNames(): Promise<string[]> {
    try {
      const entries = await vscode.workspace.fs.readDirectory(this.folder);
      const names = entries.filter(([name, type]) => jsonFile.test(name) && (type & vscode.FileType.File) !== 0);
      return names.map(([name]) => name).sort(byLikelihood);
    } catch {
      // A folder that cannot be listed: the open documents are what there is.
      return [];
    }
  }
}

function byLikelihood(a: string, b: string): number {
  return Number(commandName.test(b)) - Number(commandName.test(a)) || (a < b ? -1 : 1);
}

function openDocuments(folder: vscode.Uri): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(
    (document) => isJsonDocument(document) && folderOf(document.uri)?.toString() === folder.toString(),
  );
}

/** The folder that a document's neighbours are in; undefined for one that was never saved. */
export function folderOf(uri: vscode.Uri): vscode.Uri | undefined {
  return uri.scheme === 'untitled' ? undefined : vscode.Uri.joinPath(uri, '..');
}

interface TextSource {
  readonly stamp: string;
  readonly size: number;
  text(): Promise<string>;
}

async function sourceOf(uri: vscode.Uri, open: vscode.TextDocument | undefined): Promise<TextSource | undefined> {
  if (open !== undefined) {
    const text = open.getText();
    return { stamp: `open ${open.version}`, size: text.length, text: () => Promise.resolve(text) };
  }
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    return { stamp: `saved ${mtime} ${size}`, size, text: async () => decodeText(await readFile(uri)) };
  } catch {
    return undefined;
  }
}

async function readFile(uri: vscode.Uri): Promise<Uint8Array> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch {
    return new Uint8Array();
  }
}

/** As the editor opens it: UTF-8, or UTF-16 when it starts so, which PowerShell writes. */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
