import * as vscode from 'vscode';
import type { Sessions } from '../host/session.ts';
import type { HelpUri } from './diagnostics.ts';
import { DumpProblems } from './dumpProblems.ts';
import { registerFindingActions } from './findingActions.ts';
import { LensProvider } from './lensProvider.ts';
import { LiveDocuments } from './liveDocuments.ts';
import { LiveProblems } from './liveProblems.ts';
import { SavedDumps } from './savedDumps.ts';
import { registerTopoLinks } from './topoLinks.ts';

/** What the editor's parts need from the extension. */
export interface EditorDependencies {
  readonly sessions: Sessions;
  /** Where a finding's code is explained: the target of its link in Problems. */
  readonly helpUri: HelpUri;
  readonly log: Pick<vscode.LogOutputChannel, 'error'>;
}

/** Registers live documents with their links, code lenses and Problems, for live records and for saved dumps. */
export function registerEditor({ sessions, helpUri, log }: EditorDependencies): vscode.Disposable {
  const dumps = new SavedDumps();
  return vscode.Disposable.from(
    dumps,
    new LiveDocuments(sessions),
    registerTopoLinks(sessions),
    registerFindingActions(sessions),
    new LensProvider(sessions, dumps),
    new LiveProblems(sessions, helpUri),
    new DumpProblems(dumps, helpUri, (error) => log.error(error instanceof Error ? error : String(error), 'dumps')),
  );
}
