/** How the commands print for people. */
import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { isSharded } from '../diagnose/keyspaceFacts.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { moveTitle } from '../model/move.ts';
import { recordName } from '../model/record.ts';
import { count } from '../model/words.ts';
import { isHealthy } from './json.ts';
import { matrixLines } from './matrixText.ts';
import { painter, plain, wrap, type Colour, type Paint, type TextStyle } from './paint.ts';

const severityColour: Record<Severity, Colour> = { error: 'red', warning: 'yellow', info: 'cyan' };
const severityMark: Record<Severity, string> = { error: '✗', warning: '!', info: 'i' };

/** `vitess-topo status` as text. */
export function statusText(topology: DiagnosedTopology, style: TextStyle): string {
  const paint = painter(style);
  const { snapshot, moves, complete } = topology;
  const keyspaces = [...snapshot.keyspaces.values()].map((keyspace) => {
    const sharded = isSharded(keyspace);
    const kind = sharded === undefined ? 'not checked' : sharded ? 'sharded' : 'unsharded';
    const shards = plain(keyspace.shards.map(({ name }) => name).join(' '));
    return `  ${plain(keyspace.name)}  ${paint('dim', `${kind}: ${shards}`)}`;
  });
  const unread = 'Not everything could be read: run "vitess-topo diagnose" to see what.';
  return [
    heading(topology, paint),
    paint('bold', 'Keyspaces'),
    ...(keyspaces.length > 0 ? keyspaces : ['  none']),
    '',
    paint('bold', 'Moves'),
    ...(moves.length > 0 ? moves.flatMap((move) => moveLines(move, complete, paint)) : ['  none', '']),
    ...(complete ? [] : [paint('red', unread), '']),
  ].join('\n');
}

/** `vitess-topo diagnose` as text. */
export function diagnosisText(topology: DiagnosedTopology, style: TextStyle): string {
  const paint = painter(style);
  return [
    heading(topology, paint),
    ...topology.moves.flatMap((move) => moveLines(move, topology.complete, paint)),
    ...topology.findings.flatMap((finding) => findingLines(finding, style, paint)),
    summary(topology, paint),
    '',
  ].join('\n');
}

/** Where the topology was read, at which revision, with its notes. */
export function heading({ snapshot }: DiagnosedTopology, paint: Paint): string {
  const revision = snapshot.revision === undefined ? '' : ` at revision ${snapshot.revision}`;
  const notes = snapshot.notes.map((note) => `${paint('yellow', 'note')} ${plain(note)}\n`);
  return `${paint('dim', plain(`${snapshot.source}${revision}`))}\n${notes.join('')}`;
}

function moveLines(move: DiagnosedMove, complete: boolean, paint: Paint): string[] {
  const healthy = isHealthy(move, complete);
  const mark = healthy === null ? paint('yellow', '?') : healthy ? paint('green', '✓') : paint('red', '✗');
  const kind = move.kind === 'standard' ? '' : `${move.kind}, `;
  const tables = move.kind === 'multi-tenant' ? 'all tables of a tenant' : count(move.tables.length, 'table');
  const inferred = move.direction === 'inferred' ? ', inferred from the records' : '';
  const detail = plain(`${kind}${move.source} → ${move.target}, ${tables}${inferred}`);
  return [
    `${mark} ${paint('bold', plain(moveTitle(move)))}  ${paint('dim', detail)}`,
    `  ${plain(move.trafficState)}${move.mirrored ? '. Reads are mirrored' : ''}`,
    ...matrixLines(move, paint),
    '',
  ];
}

function findingLines(finding: Finding, { width }: TextStyle, paint: Paint): string[] {
  const label = `${severityMark[finding.severity]} ${finding.severity}`;
  const record = plain(recordName(finding.places[0].record));
  return [
    `${paint(severityColour[finding.severity], label)} ${paint('bold', finding.code)}  ${paint('dim', record)}`,
    ...wrap(plain(finding.message), width === undefined ? undefined : width - 2).map((line) => `  ${line}`),
    '',
  ];
}

function summary({ complete, findings }: DiagnosedTopology, paint: Paint): string {
  const amount = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const errors = amount('error');
  const text = `${count(errors, 'error')}, ${count(amount('warning'), 'warning')}, ${count(amount('info'), 'note')}`;
  if (!complete) return paint('red', `Not everything could be checked. ${text}.`);
  return paint(errors > 0 ? 'red' : 'green', `${text}.`);
}
