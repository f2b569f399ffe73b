import * as vscode from 'vscode';
import { diagnoseDocuments } from '../diagnose/diagnoseDocuments.ts';
import { DisposableOwner } from '../host/disposables.ts';
import type { Place } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { DocumentSet } from '../records/documentSet.ts';
import { LineIndex } from '../records/lineIndex.ts';
import { readSetDocument, type SetDocument } from '../records/setDocument.ts';
import { DumpFileReader, type DumpFiles } from './dumpFiles.ts';
import type { JudgedTopology } from './judgedTopology.ts';
import type { LocatedPlace } from './problem.ts';
import { spanOf } from './textRanges.ts';

/** What the dumps of a folder say together. */
export interface DumpAnalysis {
  readonly set: DocumentSet;
  readonly judged: JudgedTopology;
  /** The dump in a document, by its URI; undefined for a document that is none. */
  readonly dump: (uri: string) => SetDocument | undefined;
  /** Every document that shows a place, those with the whole record first. */
  readonly locate: (place: Place) => LocatedPlace[];
  readonly lines: (document: SetDocument) => LineIndex;
}

/** The dumps of one folder while a document of it is open: analysed when asked for, again after a change. */
export class DumpFolder extends DisposableOwner {
  private readonly reader: DumpFileReader;
  private analysed: Promise<DumpAnalysis> | undefined;

  constructor(folder: vscode.Uri, onDidChangeFiles: () => void) {
    super();
    this.reader = new DumpFileReader(folder);
    const watcher = this.own(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*.{json,jsonc}')),
    );
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
      this.own(event(onDidChangeFiles));
  }

  /** The next analysis reads again. */
  invalidate(): void {
    this.analysed = undefined;
  }

  analysis(): Promise<DumpAnalysis> {
    this.analysed ??= this.reader.read().then(analyse);
    return this.analysed;
  }
}

/** What one document says that has no folder. */
export function analyseAlone(document: vscode.TextDocument): DumpAnalysis {
  const dump = readSetDocument(document.uri.toString(), document.uri.path, document.getText());
  return analyse({ documents: dump === undefined ? [] : [dump], skipped: [] });
}

function analyse({ documents, skipped }: DumpFiles): DumpAnalysis {
  const set = new DocumentSet(documents, Date.now());
  const diagnosed = diagnoseDocuments(set);
  const left = skipped.length === 0 ? '' : ` (${listWords(skipped)} not read: too large or too many)`;
  const byId = new Map(documents.map((document) => [document.id, document]));
  const indexes = new Map<SetDocument, LineIndex>();
  const lines = (document: SetDocument): LineIndex => {
    const index = indexes.get(document) ?? new LineIndex(document.text);
    indexes.set(document, index);
    return index;
  };
  return {
    set,
    judged: {
      ...diagnosed,
      notGiven: (record) => {
        const reason = set.notGiven(record);
        return reason === undefined ? undefined : reason + left;
      },
    },
    dump: (uri) => byId.get(uri),
    locate: (place) =>
      set.locate(place).map(({ document, range }) => ({ uri: document.id, span: spanOf(lines(document), range) })),
    lines,
  };
}
