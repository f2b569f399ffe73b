import * as vscode from 'vscode';
import { topoScheme } from '../contributions/ids.ts';
import { liveText } from '../host/liveText.ts';
import { shownTopology, type Sessions } from '../host/session.ts';
import { parseTopoUri, topoUriParts } from '../host/topoUri.ts';
import { recordName, type RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { recordLinks } from './recordLinks.ts';
import { rangeOf, spanOf } from './textRanges.ts';

/** Makes the names of other records in a live record's document links to them. */
export function registerTopoLinks(sessions: Sessions): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: topoScheme },
    {
      provideDocumentLinks: (document) => topoLinks(sessions, document.uri),
    },
  );
}

function topoLinks(sessions: Sessions, uri: vscode.Uri): vscode.DocumentLink[] {
  const named = parseTopoUri(uri);
  const session = named === undefined ? undefined : sessions.get(named.connection);
  const topology = session === undefined ? undefined : shownTopology(session.state);
  if (named === undefined || session === undefined || topology === undefined) return [];
  const { connection, record } = named;
  const { json, lines } = liveText(session, connection, record);
  const existing = recordNames(topology.data);
  return recordLinks(record, json, (target) => existing.has(recordName(target))).map(
    ({ range, record: target, path }) => {
      const shown = liveText(session, connection, target);
      const { start } = spanOf(shown.lines, shown.json.anchorAt(path));
      // The editor opens a document at the line and column that the fragment names, counted from one.
      const fragment = `L${start.line + 1},${start.character + 1}`;
      const link = new vscode.DocumentLink(
        rangeOf(spanOf(lines, range)),
        vscode.Uri.from({ ...topoUriParts({ connection, record: target }), fragment }),
      );
      link.tooltip = `Open ${recordName(target)}`;
      return link;
    },
  );
}

function recordNames({ global, cells }: TopologyData): Set<string> {
  const ids: RecordId[] = global.map(({ path }) => ({ path }));
  for (const cell of cells) {
    if (cell.status === 'loaded') ids.push(...cell.records.map(({ path }) => ({ cell: cell.cell, path })));
  }
  return new Set(ids.map(recordName));
}
