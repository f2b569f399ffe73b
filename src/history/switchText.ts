/** The record of a guarded switch as the text of its file, and back. */
import { findingCodes } from '../model/finding.ts';
import { tabletTypes } from '../model/move.ts';
import type { Reading } from '../model/reading.ts';
import { timelineEventKinds, type TimelineEvent } from '../model/timelineEvent.ts';
import type { PrecheckTarget } from '../repair/precheck/precheckModel.ts';
import type { SwitchAnswer, SwitchFinding, SwitchRecord, SwitchRequest } from '../switch/switchModel.ts';
import { list, literal, Mismatch, natural, object, revision, text, variant, type Check } from './checks.ts';

export function switchToText(record: SwitchRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** Reads parsed JSON. Never throws: whatever is not exactly such a record is a failed reading. */
export function switchFromJson(value: unknown): Reading<SwitchRecord> {
  try {
    return { status: 'loaded', value: checkSwitch(value, 'switch') };
  } catch (error) {
    if (error instanceof Mismatch) return { status: 'failed', reason: error.message };
    throw error;
  }
}

type WorkflowTarget = Extract<PrecheckTarget, { readonly kind: 'workflow' }>;
type TablesTarget = Extract<PrecheckTarget, { readonly kind: 'tables' }>;

const target = variant<PrecheckTarget>('kind', {
  workflow: object<WorkflowTarget>({ kind: literal('workflow'), keyspace: text, workflow: text }),
  tables: object<TablesTarget>({ kind: literal('tables'), tables: list(text), from: text, to: text }),
});

/** Reads what is to be switched; throws a Mismatch. */
export const checkSwitchRequest: Check<SwitchRequest> = object<SwitchRequest>({
  operation: literal('switch', 'reverse'),
  workflow: object<SwitchRequest['workflow']>({ keyspace: text, name: text }),
  target,
  tabletTypes: list(literal(...tabletTypes)),
  cells: list(text),
  timeoutMs: natural,
  maxReplicationLagMs: natural,
});

const event = object<TimelineEvent>(
  {
    at: natural,
    revision,
    kind: literal(...timelineEventKinds),
    record: text,
    text,
    keyspaces: list(text),
    tables: list(text),
  },
  ['revision'],
);

type Answer<S extends SwitchAnswer['status']> = Extract<SwitchAnswer, { readonly status: S }>;

const answer = variant<SwitchAnswer>('status', {
  done: object<Answer<'done'>>({ status: literal('done'), summary: text, startState: text, currentState: text }),
  failed: object<Answer<'failed'>>({ status: literal('failed'), reason: text }),
  lost: object<Answer<'lost'>>({ status: literal('lost'), reason: text }),
});

const checkSwitch: Check<SwitchRecord> = object<SwitchRecord>(
  {
    version: literal(1),
    id: text,
    stage: literal('reading', 'saving', 'switching', 'following', 'verifying', 'over'),
    startedAt: natural,
    endedAt: natural,
    who: object<SwitchRecord['who']>({ userName: text, hostName: text, processId: natural }),
    topology: text,
    vtctld: text,
    connection: text,
    request: checkSwitchRequest,
    snapshot: text,
    events: list(event),
    answer,
    verdict: literal('switched', 'unchanged', 'partly', 'contradictory', 'running', 'not-checked', 'refused'),
    findings: list(
      object<SwitchFinding>({
        code: literal(...findingCodes),
        severity: literal('error', 'warning', 'info'),
        record: text,
        message: text,
      }),
    ),
    message: text,
  },
  ['endedAt', 'connection', 'snapshot', 'answer', 'verdict', 'message'],
);
