/** What a SwitchTraffic or ReverseTraffic came to, told from the records before and after it. */
import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { Finding } from '../model/finding.ts';
import { recordName } from '../model/record.ts';
import { listWords, sentence } from '../model/words.ts';
import { unreadReasons } from '../repair/precheck/precheckFindings.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { findSubject, operationName } from '../repair/precheck/precheckSubject.ts';
import { isOfLock } from '../repair/verify.ts';
import type { FollowedEnd } from './followToEnd.ts';
import { traffic } from './traffic.ts';
import type { SwitchAnswer, SwitchFinding, SwitchRequest, SwitchVerdict } from './switchModel.ts';

export interface SwitchOutcome {
  readonly request: SwitchRequest;
  readonly answer: SwitchAnswer;
  readonly end: FollowedEnd;
  readonly before: DiagnosedTopology;
  readonly after: DiagnosedTopology;
}

export interface SwitchJudgement {
  readonly verdict: SwitchVerdict;
  /** What stands against the move, worst first. */
  readonly findings: readonly SwitchFinding[];
  readonly message: string;
}

/** Judges by the records, whatever vtctld said of it. */
export function judgeSwitch(outcome: SwitchOutcome): SwitchJudgement {
  const { request, before, after } = outcome;
  const { subject } = findSubject(request, after);
  const earlier = findSubject(request, before).subject;
  const about = subject ?? earlier;
  const findings = about === undefined ? [] : after.findings.filter((finding) => concerns(about, finding));
  const verdict = verdictOf(outcome, subject, earlier, findings);
  const parts = [
    answerWords(outcome),
    resultWords(verdict, about, findings),
    endWords(outcome.end),
    streamWords(about, after),
  ];
  return { verdict, findings: findings.map(switchFinding), message: parts.filter((part) => part !== '').join(' ') };
}

function verdictOf(
  { answer, end, before, after }: SwitchOutcome,
  subject: PrecheckSubject | undefined,
  earlier: PrecheckSubject | undefined,
  findings: readonly Finding[],
): SwitchVerdict {
  if (end.status === 'running') return 'running';
  if (findings.some((finding) => finding.severity === 'error' && !isOfLock(finding))) return 'contradictory';
  if (end.status === 'unreadable' || subject === undefined || unreadReasons(subject, after).length > 0) {
    return 'not-checked';
  }
  if (findings.some((finding) => finding.severity === 'warning' && !isOfLock(finding))) return 'contradictory';
  const now = traffic(subject, after);
  if (now.some(({ by }) => by === undefined)) return 'not-checked';
  if (now.length > 0 && now.every(({ by }) => by === subject.to)) return 'switched';
  const then = new Map((earlier === undefined ? [] : traffic(earlier, before)).map(({ name, by }) => [name, by]));
  const moved = now.some(({ name, by }) => then.get(name) !== by);
  // A partial move's workflow switches its own shards, which the records do not name.
  const isPartial = subject.moves.every(({ kind }) => kind === 'partial');
  if (isPartial && moved && answer.status === 'done') return 'switched';
  return moved ? 'partly' : 'unchanged';
}

/** A finding that stands in the way of the move, or a lock that the operation may have left. */
function concerns({ moves, from, to, tables }: PrecheckSubject, finding: Finding): boolean {
  if (finding.severity === 'info' && !isOfLock(finding)) return false;
  if (finding.code === 'record-unreadable') return false;
  if (moves.some(({ id }) => id === finding.move)) return true;
  const ownKeyspace = finding.keyspace === from || finding.keyspace === to;
  if (isOfLock(finding)) return ownKeyspace || moves.some((move) => isLockOf(move, finding));
  return finding.tables.some((table) => tables.includes(table)) && (finding.keyspace === undefined || ownKeyspace);
}

function isLockOf({ source, target }: DiagnosedMove, { places: [{ record }] }: Finding): boolean {
  return [source, target].some((keyspace) => record.path.includes(`/${keyspace}/`));
}

function switchFinding({ code, severity, places: [{ record }], message }: Finding): SwitchFinding {
  return { code, severity, record: recordName(record), message };
}

function answerWords({ request, answer }: SwitchOutcome): string {
  const name = operationName(request.operation);
  switch (answer.status) {
    case 'done':
      return '';
    case 'failed':
      return `vtctld did not carry ${name} out: ${sentence(answer.reason)}`;
    case 'lost':
      return `vtctld's answer to ${name} was lost: ${sentence(answer.reason)}`;
  }
}

function resultWords(
  verdict: SwitchVerdict,
  subject: PrecheckSubject | undefined,
  findings: readonly Finding[],
): string {
  const { to = '', tables = [], tabletTypes = [], cells = [] } = subject ?? {};
  const what = tables.length === 0 ? 'the move' : listWords(tables);
  const where = cells.length === 0 ? '' : ` in ${listWords(cells)}`;
  switch (verdict) {
    case 'switched':
      return `${to} serves ${what} now (${listWords(tabletTypes)}${where}), and the records agree.${lockWords(findings)}`;
    case 'unchanged':
      return `Nothing was switched, and the records agree: the traffic of ${what} goes where it went before.${lockWords(findings)}`;
    case 'partly':
      return `Only a part of the traffic of ${what} was switched to ${to}; the records agree. Next: see the matrix of the move, then switch the rest or reverse it.${lockWords(findings)}`;
    case 'contradictory':
      return `The records contradict each other now: ${findings[0]?.message ?? ''}`;
    case 'running':
      return 'Do not repair anything while it runs. Next: wait until its locks are gone, then diagnose.';
    case 'not-checked':
      return 'What it left could not be read completely. Next: diagnose again as soon as everything can be read.';
    case 'refused':
      return '';
  }
}

function lockWords(findings: readonly Finding[]): string {
  const locks = findings.filter(isOfLock);
  return locks.length === 0 ? '' : ` A lock is left: ${locks[0]?.message ?? ''}`;
}

function endWords(end: FollowedEnd): string {
  switch (end.status) {
    case 'ended':
      return '';
    case 'silent':
      return `Left behind: ${end.words}, so whoever holds it is not seen at work.`;
    case 'running':
      return `It was still at work when the wait for it was over: ${sentence(end.words)}`;
    case 'unreadable':
      return `Whether it is still at work could not be seen: ${sentence(end.words)}`;
  }
}

function streamWords(subject: PrecheckSubject | undefined, { snapshot: { workflows } }: DiagnosedTopology): string {
  const sides = subject === undefined ? [] : [subject.from, subject.to];
  const unread = sides.filter((keyspace) => !workflows.completeFor.has(keyspace));
  return unread.length === 0 ? '' : `The streams of ${listWords(unread)} were not checked.`;
}
