/**
 * Tells beforehand what would make a SwitchTraffic or ReverseTraffic fail, or
 * end halfway, as far as the records and the tablets' answers show it.
 */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { qualifiedWorkflow } from '../model/workflow.ts';
import type { Snapshot } from '../records/snapshot.ts';
import type { ShardTablets } from './ports.ts';
import { findingReasons, unreadName, unreadReasons } from './precheck/precheckFindings.ts';
import type { PrecheckReason, PrecheckRequest, PrecheckResult, PrecheckSubject } from './precheck/precheckModel.ts';
import { stateReasons } from './precheck/precheckState.ts';
import { findSubject } from './precheck/precheckSubject.ts';
import { tabletReasons, tabletsNotSeen, type PrecheckAnswers } from './precheck/precheckTablets.ts';
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
    ...(subject === undefined ? [] : [...stateReasons(subject, snapshot), ...findingReasons(subject, diagnosed)]),
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

/** What only the tablets know: the records hold no streams. */
function streamsNotSeen({ runs }: PrecheckSubject, { workflows: { workflows } }: Snapshot): string[] {
  const known = runs && workflows.find(({ keyspace, name }) => keyspace === runs.keyspace && name === runs.name);
  const name = runs === undefined ? 'the workflow, which the records do not name' : qualifiedWorkflow(runs);
  const streams =
    known?.streams === undefined
      ? `Whether the streams of ${name} run and have finished their copy: they live in the tablets, and no dump of them is at hand.`
      : `The streams of ${name} as they are now: they are known from a dump.`;
  return [
    streams,
    'The replication lag: Vitess refuses above --max-replication-lag-allowed, 30 s by default (vtctldclient Workflow … show).',
    'Journals of an earlier attempt and the MySQL permissions of the streams: they live in the tablets (switchtraffic --dry-run looks at them).',
  ];
}
