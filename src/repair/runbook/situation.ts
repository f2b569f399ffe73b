/** What is broken and what the application sees of it. */
import type { DiagnosedMove } from '../../diagnose/diagnose.ts';
import type { Finding } from '../../model/finding.ts';
import { findingTitle } from '../../model/findingTitle.ts';
import { escaped, fact, prose, table } from './readable.ts';
import { matrixHeader, matrixRows } from '../../model/matrixRows.ts';
import { moveTitle } from '../../model/move.ts';
import type { RepairScope } from '../../model/plan.ts';
import { recordName } from '../../model/record.ts';
import { count, listWords, moment } from '../../model/words.ts';
import type { RunbookContext } from './runbookModel.ts';

const mostRows = 60;

/** First of all: whatever follows is told without this. */
export function uncheckedBlocks({ unread }: RunbookContext): string[] {
  if (unread.length === 0) return [];
  return [
    '## Could not check',
    'Anything may be wrong there, and nothing is written over it. Resolve this first, then write the runbook again.',
    unread.map(({ message, places: [{ record }] }) => `- ${prose(`${recordName(record)}: ${message}`)}`).join('\n'),
  ];
}

export function situationBlocks(context: RunbookContext): string[] {
  const { subject, data, request, snapshot, unread, found } = context;
  const revision = data.revision === undefined ? '' : ` at revision ${data.revision}`;
  const checked =
    unread.length === 0 ? 'everything' : `NOT everything: ${count(unread.length, 'part')} could not be read, see above`;
  const facts = [
    fact('Topology', [subject.name, subject.detail ?? []].flat().join(', ')),
    fact('Read', `${moment(data.readAt)}${revision}`),
    ...(subject.stale === undefined ? [] : [fact('Not the newest', subject.stale)]),
    fact('About', scopeWords(request.scope, context)),
    fact('Checked', checked),
    fact('Found', foundWords(found)),
    ...snapshot.notes.map((note) => fact('Note', note)),
  ];
  const snapshotWords =
    subject.address === undefined
      ? [
          'This is a snapshot: what runs may have changed since. Write the runbook again from etcd before anything is changed. In the commands below the variable `ETCD` has its endpoints, `host:port`. Moves may have other names there: a command that does not find one says which there are.',
        ]
      : [];
  return [
    '## Situation',
    facts.map((fact) => `- ${fact}`).join('\n'),
    ...snapshotWords,
    ...(found.length === 0 ? [] : [found.map(findingLine).join('\n')]),
  ];
}

export function scopeWords(scope: RepairScope, { diagnosed }: Pick<RunbookContext, 'diagnosed'>): string {
  switch (scope.kind) {
    case 'all':
      return 'the whole topology';
    case 'keyspace':
      return `the keyspace ${scope.keyspace} and its moves`;
    case 'move': {
      const move = diagnosed.moves.find(({ id }) => id === scope.move);
      return `the move ${move === undefined ? scope.move : moveTitle(move)}`;
    }
    case 'finding':
      return `${scope.code} in ${scope.record}`;
  }
}

function foundWords(found: readonly Finding[]): string {
  const of = (severity: Finding['severity']): number => found.filter((one) => one.severity === severity).length;
  const [errors, warnings, notes] = [of('error'), of('warning'), of('info')];
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(notes, 'note')}`;
}

function findingLine(finding: Finding): string {
  const { code, severity, places } = finding;
  return `- ${escaped(`${findingTitle(finding)} (${severity}, ${code}, ${recordName(places[0].record)})`)}`;
}

export function applicationBlocks({ scoped, found }: RunbookContext): string[] {
  const shown = scoped.filter(({ findings }) => findings.length > 0);
  const ids = new Set(shown.map(({ id }) => id));
  const others = found.filter(({ move, severity }) => severity !== 'info' && !ids.has(move ?? ''));
  if (shown.length === 0 && others.length === 0) return [];
  return [
    '## What the application sees',
    ...shown.flatMap(moveBlocks),
    ...(others.length === 0 ? [] : ['### Beside the moves', messages(others)]),
  ];
}

function moveBlocks(move: DiagnosedMove): string[] {
  const rows = matrixRows(move.matrix);
  const left = rows.length > mostRows ? [`and ${count(rows.length - mostRows, 'row')} more`] : [];
  const tables = move.kind === 'multi-tenant' ? 'all tables of a tenant' : listWords(move.tables);
  return [
    `### ${escaped(moveTitle(move))}`,
    escaped(`Moves ${tables} from ${move.source} to ${move.target}.`),
    messages(move.findings),
    `${fact('Vitess says', move.trafficState)}. That does not look at denied tables, and neither does \`Validate\`. By each cell's SrvVSchema its vtgates send:`,
    table(matrixHeader, rows.slice(0, mostRows)),
    ...left,
  ];
}

function messages(findings: readonly Finding[]): string {
  return findings.map(({ message }) => `- ${prose(message)}`).join('\n');
}
