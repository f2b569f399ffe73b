import * as vscode from 'vscode';
import { commandIds, settingIds, topoScheme } from '../contributions/ids.ts';
import type { TopologyTarget } from '../contributions/target.ts';
import { DisposableOwner } from '../host/disposables.ts';
import { repairTitle } from '../host/repairWords.ts';
import { liveText, staleWords } from '../host/liveText.ts';
import { shownTopology, type Sessions } from '../host/session.ts';
import { onSettingChange, readSettings } from '../host/settings.ts';
import { parseTopoUri } from '../host/topoUri.ts';
import type { Finding } from '../model/finding.ts';
import type { Place } from '../model/record.ts';
import type { LineIndex } from '../records/lineIndex.ts';
import type { DumpAnalysis } from './dumpFolder.ts';
import { judgedLive } from './judgedTopology.ts';
import { noteTitle, shortName } from './note.ts';
import { dumpNotes, liveNotes, type PlacedNote } from './placedNotes.ts';
import type { SavedDumps } from './savedDumps.ts';
import { rangeOf, spanOf } from './textRanges.ts';

const languages: vscode.DocumentSelector = [{ language: 'json' }, { language: 'jsonc' }, { scheme: topoScheme }];
/** Of the records that a note speaks of; the note itself leads to the first. */
const mostLinks = 3;

/** How a place that a note speaks of is opened; undefined when no document shows it. */
type Jump = (place: Place) => vscode.Command | undefined;

/** Shows the notes on live records and on saved dumps as code lenses. */
export class LensProvider extends DisposableOwner implements vscode.CodeLensProvider {
  private readonly sessions: Sessions;
  private readonly dumps: SavedDumps;
  private readonly changes = this.own(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changes.event;

  constructor(sessions: Sessions, dumps: SavedDumps) {
    super();
    this.sessions = sessions;
    this.dumps = dumps;
    const fire = (): void => this.changes.fire();
    this.own(sessions.onDidChange(() => this.showsLive() && fire()));
    this.own(dumps.onDidChange(fire));
    this.own(onSettingChange([settingIds.codeLens], fire));
    this.own(vscode.languages.registerCodeLensProvider(languages, this));
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!readSettings().codeLensEnabled) return [];
    if (document.uri.scheme === topoScheme) return this.liveLenses(document.uri);
    const analysis = await this.dumps.analysisOf(document);
    if (analysis === 'too large') return [plainLens('not checked: this file is too large to be read here')];
    return analysis === undefined ? [] : dumpLenses(analysis, document.uri.toString());
  }

  private showsLive(): boolean {
    return vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === topoScheme);
  }

  private liveLenses(uri: vscode.Uri): vscode.CodeLens[] {
    const named = parseTopoUri(uri);
    const session = named === undefined ? undefined : this.sessions.get(named.connection);
    const topology = session === undefined ? undefined : shownTopology(session.state);
    if (named === undefined || session === undefined || topology === undefined) return [];
    const { connection, record } = named;
    const { json, lines } = liveText(session, connection, record);
    const jump: Jump = (place) => ({
      title: '',
      command: commandIds.openRecord,
      arguments: [{ connection, record: place.record, path: place.path } satisfies TopologyTarget],
    });
    const notes = liveNotes(judgedLive(topology.diagnosed), record, json);
    const stale = staleWords(session);
    const repairs = new Set<Finding>();
    const lenses = [
      ...notes.flatMap((note) => repairLens(note, connection, repairs)),
      ...notes.flatMap((note) => noteLenses(note, lines, jump)),
    ];
    return stale === undefined ? lenses : [plainLens(`not current: ${stale}`), ...lenses];
  }
}

function dumpLenses(analysis: DumpAnalysis, uri: string): vscode.CodeLens[] {
  const dump = analysis.dump(uri);
  if (dump === undefined) return [];
  const jump: Jump = (place) => {
    const located = analysis.locate(place);
    const best = located.find((candidate) => candidate.uri !== uri) ?? located[0];
    if (best === undefined) return undefined;
    const options: vscode.TextDocumentShowOptions = { selection: rangeOf(best.span) };
    return { title: '', command: 'vscode.open', arguments: [vscode.Uri.parse(best.uri, true), options] };
  };
  const lines = analysis.lines(dump);
  return dumpNotes(analysis.judged, dump).flatMap((note) => noteLenses(note, lines, jump));
}

function noteLenses(note: PlacedNote, lines: LineIndex, jump: Jump): vscode.CodeLens[] {
  const range = rangeOf(spanOf(lines, note.range));
  const links = note.links.flatMap((place) => {
    const command = jump(place);
    return command === undefined ? [] : [{ name: shortName(place.record), command }];
  });
  const [first] = links;
  const opens = first === undefined ? '' : `Open ${first.name}. `;
  const title = noteTitle(note);
  const main = { ...(first?.command ?? noCommand), title, tooltip: opens + (note.finding?.message ?? '') };
  // One link needs no name of its own; of several each says where it leads.
  const named = links.length < 2 ? [] : links.slice(0, mostLinks);
  const arrows = named.map(({ name, command }) => ({ ...command, title: `→ ${name}`, tooltip: `Open ${name}.` }));
  return [main, ...arrows].map((command) => new vscode.CodeLens(range, command));
}

/**
 * What repairs a note's finding, once in a document. At its top: beside a long
 * remark one of the two would be cut off.
 */
function repairLens({ finding }: PlacedNote, connection: string, repairs: Set<Finding>): vscode.CodeLens[] {
  if (finding?.fixable !== true || repairs.has(finding)) return [];
  repairs.add(finding);
  const target: TopologyTarget = { connection, finding };
  const title = repairTitle(finding);
  const command = {
    title,
    tooltip: 'Shows what would be written first.',
    command: commandIds.planRepair,
    arguments: [target],
  };
  return [new vscode.CodeLens(documentTop, command)];
}

const documentTop = new vscode.Range(0, 0, 0, 0);

/** A lens without a command is shown as plain text. */
const noCommand: vscode.Command = { title: '', command: '' };

function plainLens(title: string): vscode.CodeLens {
  return new vscode.CodeLens(documentTop, { ...noCommand, title });
}
