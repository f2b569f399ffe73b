/** A diagnosis as a Markdown document, for reading and for a ticket. */
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import type { Finding } from '../model/finding.ts';
import { moveTitle } from '../model/move.ts';
import { recordName } from '../model/record.ts';
import { listWords, moment } from '../model/words.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { healthOf, healthWords } from '../model/health.ts';
import { escapeMarkdown, escapeProse, markdownTable, titled } from '../model/markdown.ts';
import { shownTopology, type LoadedTopology, type Session } from './session.ts';
import { matrixHeader, matrixRows } from '../model/matrixRows.ts';

/** What of a topology a report is about; all of it when nothing is named. */
export interface ReportScope {
  readonly keyspace?: string;
  /** The move's id. */
  readonly move?: string;
}

const mostRelated = 8;

/** The report of a connection's last read, or of why there is none. */
export function reportText(session: Session, scope: ReportScope): string {
  const { connection, state } = session;
  const shown = shownTopology(state);
  const title = `# ${escapeMarkdown(`${scopeWords(scope, shown)} ${connection.name}`)}`;
  const blocks = [title, escapeMarkdown(connection.detail)];
  if (state.status === 'failed') {
    blocks.push(titled(shown === undefined ? 'Could not be read' : 'Could not be refreshed', state.failure.message));
    if (shown !== undefined)
      blocks.push(escapeMarkdown(`What follows was read at ${moment(shown.loadedAt)} and may have changed.`));
  }
  if (state.status === 'loading') blocks.push('Being read now\\.');
  if (state.status === 'disconnected') blocks.push('Not connected\\.');
  if (shown !== undefined) blocks.push(...topologyBlocks(shown, scope));
  return `${blocks.join('\n\n')}\n`;
}

/** The findings that a report about this scope shows. */
export function findingsInScope({ diagnosed }: LoadedTopology, { keyspace, move }: ReportScope): readonly Finding[] {
  const { findings, moves } = diagnosed;
  // What could not be read may concern every part.
  const unread = (finding: Finding): boolean => finding.code === 'record-unreadable';
  if (move !== undefined) return findings.filter((finding) => finding.move === move || unread(finding));
  if (keyspace === undefined) return findings;
  const ids = new Set(
    moves.filter(({ source, target }) => source === keyspace || target === keyspace).map(({ id }) => id),
  );
  return findings.filter(
    (finding) =>
      finding.keyspace === keyspace || (finding.move !== undefined && ids.has(finding.move)) || unread(finding),
  );
}

function scopeWords({ keyspace, move }: ReportScope, shown: LoadedTopology | undefined): string {
  const moveFound = shown?.diagnosed.moves.find(({ id }) => id === move);
  if (move !== undefined) return `Diagnosis of the move ${moveFound === undefined ? move : moveTitle(moveFound)} in`;
  return keyspace === undefined ? 'Diagnosis of' : `Diagnosis of the keyspace ${keyspace} in`;
}

function topologyBlocks(shown: LoadedTopology, scope: ReportScope): string[] {
  const { complete, snapshot, moves } = shown.diagnosed;
  const findings = findingsInScope(shown, scope);
  const unread = findings.filter(({ code }) => code === 'record-unreadable');
  const found = findings.filter(({ code }) => code !== 'record-unreadable');
  const inScope = moves.filter(
    ({ id, source, target }) =>
      (scope.move === undefined || scope.move === id) &&
      (scope.keyspace === undefined || source === scope.keyspace || target === scope.keyspace),
  );
  return [
    escapeMarkdown(
      `Read at ${moment(shown.loadedAt)}${snapshot.revision === undefined ? '' : ` at revision ${snapshot.revision}`}.`,
    ),
    `**${escapeMarkdown(summaryWords(findings, complete))}**`,
    ...(unread.length > 0 ? ['## Could not check', ...unread.map(findingBlock)] : []),
    ...(found.length > 0 ? ['## Findings', ...found.map(findingBlock)] : []),
    ...(inScope.length > 0 ? ['## Moves', ...inScope.flatMap(moveBlocks)] : []),
    ...(snapshot.notes.length > 0 ? ['## Notes', ...snapshot.notes.map((note) => `- ${escapeMarkdown(note)}`)] : []),
  ];
}

function summaryWords(findings: readonly Finding[], complete: boolean): string {
  const words = healthWords(healthOf(findings));
  if (!complete) return `Not everything could be checked: ${words}.`;
  return words === '' ? 'No contradictions found.' : `Found: ${words}.`;
}

function findingBlock(finding: Finding): string {
  const records = [...new Set(finding.places.map(({ record }) => recordName(record)))];
  const related = finding.related.map(
    ({ record, message }) =>
      `- ${escapeMarkdown(message === undefined ? recordName(record) : `${recordName(record)}: ${message}`)}`,
  );
  if (related.length > mostRelated) {
    related.splice(mostRelated - 1, related.length, `- and ${finding.related.length - mostRelated + 1} more`);
  }
  return [
    `### ${escapeMarkdown(findingTitle(finding))}`,
    escapeMarkdown(`${finding.severity}, ${finding.code}, in ${records.join(', ')}`),
    escapeProse(finding.message),
    ...(related.length > 0 ? [`Contradicted by:\n\n${related.join('\n')}`] : []),
  ].join('\n\n');
}

function moveBlocks(move: DiagnosedMove): string[] {
  const rows = matrixRows(move.matrix);
  return [
    `### ${escapeMarkdown(moveTitle(move))}`,
    escapeMarkdown(
      `From ${move.source} to ${move.target}` +
        (move.direction === 'known' ? '' : ', told from the records') +
        (move.workflows.length > 1 ? `; workflows ${listWords(move.workflows)}` : ''),
    ),
    titled('Traffic state', move.trafficState),
    ...(rows.length > 0 ? [markdownTable(matrixHeader, rows)] : []),
  ];
}
