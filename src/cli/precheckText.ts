/** How `precheck` prints for people. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { moveTitle } from '../model/move.ts';
import { recordName } from '../model/record.ts';
import { count, listWords } from '../model/words.ts';
import type { PrecheckReason, PrecheckResult, PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { operationName } from '../repair/precheck/precheckSubject.ts';
import { painter, plain, wrap, type Paint, type TextStyle } from './paint.ts';
import { heading } from './text.ts';

export function precheckText(result: PrecheckResult, topology: DiagnosedTopology, style: TextStyle): string {
  const paint = painter(style);
  const { subject, reasons, notSeen } = result;
  return [
    heading(topology, paint),
    ...(subject === undefined ? [] : subjectLines(subject, paint)),
    ...reasons.flatMap((reason) => reasonLines(reason, style, paint)),
    ...(notSeen.length === 0 ? [] : [paint('bold', 'Not seen')]),
    ...notSeen.flatMap((line) => bullet(line, style)),
    '',
    ...paragraph(timeoutWords(result), style),
    summary(result, paint),
    '',
  ].join('\n');
}

function subjectLines({ operation, moves, from, to, tables, runs }: PrecheckSubject, paint: Paint): string[] {
  const name = runs === undefined ? moveTitle(moves[0]) : `on ${runs.keyspace}.${runs.name}`;
  const what = tables.length === 0 ? 'all tables of a tenant' : listWords(tables);
  return [
    `${paint('bold', operationName(operation))} ${paint('dim', plain(name))}`,
    `  ${plain(`${from} → ${to}: ${what}`)}`,
    ...moves.map(({ trafficState }) => `  ${plain(trafficState)}`),
    '',
  ];
}

function reasonLines({ code, message, record }: PrecheckReason, style: TextStyle, paint: Paint): string[] {
  const unread = code === 'not-checked';
  const where = record === undefined ? '' : `  ${paint('dim', plain(recordName(record)))}`;
  return [
    `${paint(unread ? 'yellow' : 'red', unread ? '?' : '✗')} ${paint('bold', code)}${where}`,
    ...paragraph(message, style).map((line) => `  ${line}`),
    '',
  ];
}

function bullet(text: string, style: TextStyle): string[] {
  return paragraph(text, style).map((line, index) => `${index === 0 ? '· ' : '  '}${line}`);
}

function paragraph(text: string, { width }: TextStyle): string[] {
  return wrap(plain(text), width === undefined ? undefined : width - 2);
}

function timeoutWords({ timeouts }: PrecheckResult): string {
  const words = (milliseconds: number): string => `${milliseconds / 1000} s`;
  return (
    `Vitess may take up to ${words(timeouts.totalMs)}: waits for locks ${words(timeouts.lockWaitMs)}, each refresh of the tablets ${words(timeouts.refreshPerSideMs)}, ` +
    `catch-up ${words(timeouts.catchUpMs)}, after the journal ${words(timeouts.postJournalMs)}. Give vtctldclient ${timeouts.advice} or more; its default of 1h is enough.`
  );
}

function summary({ safe, complete, reasons }: PrecheckResult, paint: Paint): string {
  if (safe) return paint('green', 'Safe to start, as far as can be seen from here.');
  const unread = complete ? '' : 'Not everything could be checked. ';
  return paint('red', `${unread}Do not start: ${count(reasons.length, 'reason')}.`);
}
