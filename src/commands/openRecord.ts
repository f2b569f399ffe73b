import * as vscode from 'vscode';
import type { TargetCommand } from '../contributions/commandSignatures.ts';
import { liveText } from '../host/liveText.ts';
import { shownTopology, type LoadedTopology, type Sessions } from '../host/session.ts';
import { topoUriParts } from '../host/topoUri.ts';
import { worstSeverity, type Finding, type Severity } from '../model/finding.ts';
import { recordName, type JsonPath, type RecordId } from '../model/record.ts';
import { count } from '../model/words.ts';
import { parseCellPath, parseGlobalPath } from '../records/topoKey.ts';

/** Opens a record as a read-only document at a place in it; asks for the record when it is given none. */
export function openRecordCommand({ sessions }: { readonly sessions: Sessions }): TargetCommand {
  return async ({ connection = sessions.active?.connection.name, record, path = [] } = {}) => {
    const session = connection === undefined ? undefined : sessions.get(connection);
    if (connection === undefined || session === undefined) {
      void vscode.window.showInformationMessage('No connection is open: connect to a topology first.');
      return;
    }
    const topology = shownTopology(session.state);
    if (topology === undefined) {
      void vscode.window.showInformationMessage(`${connection} has not been read: connect to it or refresh it first.`);
      return;
    }
    const chosen = record ?? (await pickRecord(connection, topology));
    if (chosen !== undefined) await show(sessions, connection, chosen, path);
  };
}

async function show(sessions: Sessions, connection: string, record: RecordId, path: JsonPath): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from(topoUriParts({ connection, record })));
  const { json, lines } = liveText(sessions.get(connection), connection, record);
  const { offset, length } = json.anchorAt(path);
  const [start, end] = [lines.positionAt(offset), lines.positionAt(offset + length)];
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  // A place in the record is shown; the record as a whole from its header on.
  await vscode.window.showTextDocument(document, path.length === 0 ? {} : { selection });
}

interface RecordItem extends vscode.QuickPickItem {
  readonly record: RecordId;
}

async function pickRecord(connection: string, topology: LoadedTopology): Promise<RecordId | undefined> {
  const picked = await vscode.window.showQuickPick(recordItems(topology), {
    title: `Open Record of ${connection}`,
    placeHolder: 'keyspaces/customer/shards/-80/Shard, zone1/SrvVSchema, …',
    matchOnDescription: true,
  });
  return picked?.record;
}

/** Every record, those with the worst findings first. */
function recordItems({ data, diagnosed }: LoadedTopology): RecordItem[] {
  const findings = new Map<string, Finding[]>();
  for (const finding of diagnosed.findings) {
    for (const name of new Set(finding.places.map(({ record }) => recordName(record)))) {
      findings.set(name, [...(findings.get(name) ?? []), finding]);
    }
  }
  const records: RecordId[] = data.global.map(({ path }) => ({ path }));
  for (const cell of data.cells) {
    if (cell.status === 'loaded') records.push(...cell.records.map(({ path }) => ({ cell: cell.cell, path })));
  }
  const items = records.map((record) => {
    const label = recordName(record);
    const found = findings.get(label) ?? [];
    const description = [kindOf(record), found.length === 0 ? '' : count(found.length, 'finding')]
      .filter(Boolean)
      .join(' · ');
    const worst = worstSeverity(found);
    return {
      rank: worst === undefined ? severities.length : severities.indexOf(worst),
      item: { label, description, record },
    };
  });
  return items.sort((a, b) => a.rank - b.rank || (a.item.label < b.item.label ? -1 : 1)).map(({ item }) => item);
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

function kindOf({ cell, path }: RecordId): string {
  const { kind } = cell === undefined ? parseGlobalPath(path) : parseCellPath(path);
  return kind === 'Other' ? '' : kind;
}
