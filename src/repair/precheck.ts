/**
 * Tells beforehand what would make a SwitchTraffic or ReverseTraffic fail, or
 * end halfway, as far as the records and the tablets' answers show it.
 */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { ShardTablets } from './ports.ts';
import { findingReasons, unreadName, unreadReasons } from './precheck/precheckFindings.ts';
import type { PrecheckReason, PrecheckRequest, PrecheckResult, PrecheckSubject } from './precheck/precheckModel.ts';
import { stateReasons } from './precheck/precheckState.ts';
import { findSubject } from './precheck/precheckSubject.ts';
import { tabletReasons, tabletsNotSeen, type PrecheckAnswers } from './precheck/precheckTablets.ts';
import { streamReasons, streamsNotSeen } from './precheck/precheckStreams.ts';
import { precheckTimeouts, timeoutReasons } from './precheck/precheckTimeouts.ts';
import { shardTablets } from './shardTablets.ts';

interface CheckedTopology {
  readonly diagnosed: DiagnosedTopology;
}

/** The shards and tablets that take part, which the caller dials; empty when the request names no move. */
export function precheckTablets(request: PrecheckRequest, { diagnosed }: CheckedTopology): ShardTablets[] {
  const { subject } = findSubject(request, diagnosed);
  return subject === undefined ? [] : shardTablets(diagnosed.snapshot, subject.shards);
}

/** All reasons at once, so that one look at them is enough. `answers` are by alias; who is not in it was not asked. */
export function precheck(
  request: PrecheckRequest,
  { diagnosed }: CheckedTopology,
  answers: PrecheckAnswers,
): PrecheckResult {
  const { snapshot } = diagnosed;
  const { subject, reasons: ofRequest } = findSubject(request, diagnosed);
  const timeouts = precheckTimeouts(request);
  const tablets = subject === undefined ? [] : shardTablets(snapshot, subject.shards);
  const unread = unreadReasons(subject, diagnosed);
  const reasons: readonly PrecheckReason[] = [
    ...ofRequest,
    ...(subject === undefined
      ? []
      : [
          ...stateReasons(subject, snapshot),
          ...streamReasons(subject, request, snapshot),
          ...findingReasons(subject, diagnosed),
        ]),
    ...tabletReasons(tablets, answers, snapshot),
    ...timeoutReasons(request, timeouts),
    ...unread,
  ];
  return {
    safe: reasons.length === 0,
    complete: !reasons.some(({ code }) => code === 'not-checked'),
    reasons,
    notSeen: [
      ...unread.map(unreadName),
      ...(subject === undefined ? [] : [...kindNotSeen(subject), ...streamsNotSeen(subject, snapshot)]),
      ...tabletsNotSeen(tablets, answers),
      ...snapshot.workflows.problems,
    ],
    timeouts,
    subject,
  };
}

function kindNotSeen({ moves: [move] }: PrecheckSubject): string[] {
  switch (move.kind) {
    case 'standard':
      return [];
    case 'partial':
      return [
        `Which shards the workflow switches: this is a partial move, reads and writes of a workflow's shards switch together, and the records do not name them; all of ${move.shards.join(', ')} were checked.`,
      ];
    case 'multi-tenant':
      return [
        'What other tenants do: this is a multi-tenant move, which has no denied tables and switches a whole keyspace by KeyspaceRoutingRules.',
      ];
  }
}
