/** What the streams of the workflow that the operation runs on say, and what is not known of them. */
import { durationWords, listWords } from '../../model/words.ts';
import { isFrozen, qualifiedWorkflow, type Workflow, type WorkflowKnowledge } from '../../model/workflow.ts';
import type { Snapshot } from '../../records/snapshot.ts';
import type { PrecheckReason, PrecheckRequest, PrecheckSubject } from './precheckModel.ts';
import { operationName } from './precheckSubject.ts';

/** Streams that are not ready, or too far behind. */
export function streamReasons(
  subject: PrecheckSubject,
  { maxReplicationLagMs = defaultLagMs }: PrecheckRequest,
  snapshot: Snapshot,
): PrecheckReason[] {
  return [...readyReasons(subject, snapshot), ...lagReasons(subject, maxReplicationLagMs / 1000, snapshot)];
}

/** What only the tablets know and nobody told: the records hold no streams. */
export function streamsNotSeen(subject: PrecheckSubject, { workflows }: Snapshot): string[] {
  const known = runningWorkflow(subject, workflows);
  const { runs } = subject;
  const name = runs === undefined ? 'the workflow, which the records do not name' : qualifiedWorkflow(runs);
  const streams =
    known?.streams === undefined
      ? `Whether the streams of ${name} run and have finished their copy: they live in the tablets, and ${untoldWords(subject, workflows)}.`
      : workflows.asked === undefined
        ? `The streams of ${name} as they are now: they are known from a dump.`
        : undefined;
  const lag =
    workflows.asked === undefined || known?.lagSeconds === undefined
      ? 'The replication lag: Vitess refuses above --max-replication-lag-allowed, 30 s by default (vtctldclient Workflow … show).'
      : `The replication lag when the operation starts: vtctld told ${durationWords(known.lagSeconds)}, and Vitess refuses above --max-replication-lag-allowed, 30 s by default.`;
  return [
    ...(streams === undefined ? [] : [streams]),
    lag,
    'Journals of an earlier attempt and the MySQL permissions of the streams: they live in the tablets (switchtraffic --dry-run looks at them).',
  ];
}

/** Why nothing is known of the streams. */
function untoldWords({ from, to }: PrecheckSubject, { asked }: WorkflowKnowledge): string {
  const unread = asked?.unread.find(
    ({ keyspace, workflow }) => workflow === undefined && [from, to].includes(keyspace),
  );
  return unread === undefined
    ? 'no vtctld told of them and no dump of them is at hand'
    : `those of ${unread.keyspace} could not be read: ${unread.reason.replace(/\.$/, '')}`;
}

/** What SwitchTraffic's --max-replication-lag-allowed is by default. */
const defaultLagMs = 30_000;

/** Vitess refuses to begin while the streams lag behind (Server.canSwitch). */
function lagReasons(subject: PrecheckSubject, allowedLagSeconds: number, { workflows }: Snapshot): PrecheckReason[] {
  const workflow = runningWorkflow(subject, workflows);
  const lag = workflow?.lagSeconds ?? 0;
  if (workflow === undefined || lag <= allowedLagSeconds) return [];
  return [
    {
      code: 'lagging',
      message:
        `The streams of ${qualifiedWorkflow(workflow)} are ${durationWords(lag)} behind: ${operationName(subject.operation)} is refused above ${allowedLagSeconds} s. ` +
        `Next: wait until they have caught up, or find out what slows them.`,
    },
  ];
}

/** What Vitess refuses to switch (Server.canSwitch), as far as a dump or vtctld tells. */
function readyReasons(subject: PrecheckSubject, { workflows }: Snapshot): PrecheckReason[] {
  const workflow = runningWorkflow(subject, workflows);
  const bad = (workflow?.streams ?? []).filter((stream) => stream.state !== 'Running' || isFrozen(stream));
  if (workflow === undefined || bad.length === 0) return [];
  const states = [...new Set(bad.map((stream) => `${stream.shard} ${isFrozen(stream) ? 'FROZEN' : stream.state}`))];
  return [
    {
      code: 'streams-not-ready',
      message:
        `Streams of ${qualifiedWorkflow(workflow)} are not running: ${listWords(states)}. ${operationName(subject.operation)} is refused, or waits for a catch-up that never comes and rolls back. ` +
        `Next: bring every stream to Running, with its copy finished, first.`,
    },
  ];
}

function runningWorkflow({ runs }: PrecheckSubject, { workflows }: WorkflowKnowledge): Workflow | undefined {
  return runs && workflows.find(({ keyspace, name }) => keyspace === runs.keyspace && name === runs.name);
}
