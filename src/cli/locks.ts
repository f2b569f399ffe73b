/** `vitess-topo locks`. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { ageSeconds, judgeLock } from '../diagnose/lockEvidence.ts';
import { keyspacesOf } from '../diagnose/rules/locks.ts';
import { lockHolder, lockTarget, type Lock } from '../model/lock.ts';
import { recordName } from '../model/record.ts';
import { durationWords } from '../model/words.ts';
import { planRepair } from '../repair/planRepair.ts';
import type { CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { jsonText } from './json.ts';
import { onTopology, type OpenedTopology } from './onTopology.ts';
import { painter, plain, type TextStyle } from './paint.ts';
import { propose } from './proposal.ts';
import { openHistory } from './recordedRuns.ts';
import { heading } from './text.ts';

type LocksCommandLine = Extract<CommandLine, { readonly command: 'locks' }>;

/** Lists the locks, or releases one that its holder left. */
export function locks(commandLine: LocksCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  return onTopology(commandLine, environment, (opened) => {
    const { release } = commandLine;
    if (release !== undefined) return releaseLock(release, { commandLine, opened, environment });
    const { diagnosed } = opened;
    const judged = judgedLocks(diagnosed);
    environment.out(
      commandLine.format === 'json'
        ? jsonText({ source: diagnosed.snapshot.source, locks: judged.map(lockJson) })
        : locksText(diagnosed, judged, environment.style),
    );
    return Promise.resolve(0);
  });
}

interface Release {
  readonly commandLine: LocksCommandLine;
  readonly opened: OpenedTopology;
  readonly environment: CommandEnvironment;
}

/** A release is a repair of one finding, so that it is judged, asked for and recorded as any other. */
function releaseLock(record: string, { commandLine, opened, environment }: Release): Promise<ExitCode> {
  const code = 'abandoned-lock';
  const lock = judgedLocks(opened.diagnosed).find((one) => one.record === record);
  const scope = { kind: 'finding', code, record } as const;
  const request = { scope, direction: { kind: 'follow-routing' }, followReads: false } as const;
  const result = planRepair(request, opened);
  const nothing =
    lock === undefined
      ? `There is no lock ${record}: it was released.`
      : `It is not released: ${lock.lockedPath} is locked by ${lock.holder}, and ${lock.evidence}.`;
  const options = { ...commandLine, planOnly: false, tablets: { via: 'dial' }, forcedKeyspaces: [] } as const;
  const rest = result.plan === undefined && lock !== undefined ? 1 : 0;
  const history = openHistory(commandLine.historyFolder, environment);
  const verb = lock === undefined ? 'Release' : `${lock.lockedPath} is held by ${lock.holder}. Release`;
  return propose({ options, verb, result, nothing, rest, history }, opened, environment);
}

interface JudgedLock {
  readonly record: string;
  readonly lockedPath: string;
  readonly holder: string;
  readonly ageSeconds: number | undefined;
  readonly lease: Lock['lease'];
  readonly alive: 'held' | 'abandoned';
  readonly evidence: string;
}

function judgedLocks({ snapshot, moves }: DiagnosedTopology): JudgedLock[] {
  return snapshot.locks.map((lock) => {
    const keyspaces = keyspacesOf(lockTarget(lock.lockedPath), moves);
    return {
      record: recordName(lock.record),
      lockedPath: lock.lockedPath,
      holder: lockHolder(lock.contents),
      ageSeconds: ageSeconds(lock, snapshot.readAt),
      lease: lock.lease,
      ...judgeLock(lock, { locks: snapshot.locks, now: snapshot.readAt, keyspaces }),
    };
  });
}

function lockJson({ lease, ageSeconds: age, alive, ...lock }: JudgedLock): object {
  const held = lease.kind === 'held';
  return {
    ...lock,
    ageSeconds: age ?? null,
    /** null for a key without a lease, and where a snapshot does not know it. */
    leaseTtlSeconds: held ? lease.ttlSeconds : null,
    grantedTtlSeconds: held ? lease.grantedTtlSeconds : null,
    state: alive,
  };
}

function locksText(diagnosed: DiagnosedTopology, judged: readonly JudgedLock[], style: TextStyle): string {
  const paint = painter(style);
  const lines = judged.flatMap(({ record, lockedPath, holder, ageSeconds: age, lease, alive, evidence }) => [
    `${paint(alive === 'abandoned' ? 'red' : 'cyan', alive)} ${paint('bold', plain(lockedPath))}  ${paint('dim', plain(record))}`,
    `  ${plain(holder)}${age === undefined ? '' : `, ${durationWords(age)} ago`}`,
    `  ${[...leaseWords(lease), plain(evidence)].join('; ')}`,
    '',
  ]);
  const none = lines.length === 0 ? ['No lock is held.'] : [];
  return `${[heading(diagnosed, paint), ...lines, ...none].join('\n')}\n`;
}

/** What the evidence does not say already. */
function leaseWords(lease: Lock['lease']): string[] {
  if (lease.kind !== 'held') return [];
  return [`its lease expires in ${durationWords(lease.ttlSeconds)} of ${durationWords(lease.grantedTtlSeconds)}`];
}
