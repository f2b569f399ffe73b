/** A run as the text of its file, and back. */
import type { PlanStep } from '../model/plan.ts';
import type { Reading } from '../model/reading.ts';
import type { RecordId } from '../model/record.ts';
import { decode } from '../records/decode.ts';
import { recordToJson } from '../records/recordJson.ts';
import { recordKind, recordSchemas } from '../records/recordTypes.ts';
import type { RunRecord, StepRecord } from '../repair/ports.ts';
import { list, literal, Mismatch, natural, object, revision, text, type Check } from './checks.ts';
import { checkPlan, type StoredBytes } from './planChecks.ts';

/** The text of a run's file: JSON in which bytes are base64, with the record's own JSON beside them for people. */
export function runToText(run: RunRecord): string {
  const stored = { ...run, plan: { ...run.plan, steps: run.plan.steps.map(storedStep) } };
  // Where a field may be undefined JSON has null: a field that is left out means another thing.
  return `${JSON.stringify(stored, (_, value: unknown) => (value === undefined ? null : value), 2)}\n`;
}

function storedStep(step: PlanStep): unknown {
  if (step.kind !== 'write') return step;
  const changes = step.changes.map(({ record, before, after, ...rest }) => ({
    record,
    before: storedBytes(record, before),
    after: storedBytes(record, after),
    ...rest,
  }));
  return { ...step, changes };
}

function storedBytes(record: RecordId, value: Uint8Array | undefined): StoredBytes | undefined {
  if (value === undefined) return undefined;
  const json = readableJson(record, value);
  return { base64: Buffer.from(value).toString('base64'), ...(json !== undefined && { json }) };
}

function readableJson(record: RecordId, value: Uint8Array): unknown {
  const kind = recordKind(record);
  if (kind === undefined) return undefined;
  const reading = decode(recordSchemas[kind], value);
  if (reading.status !== 'loaded') return undefined;
  try {
    return JSON.parse(recordToJson(recordSchemas[kind], reading.value)) as unknown;
  } catch {
    // JSON cannot hold what bytes can, such as a text that is not UTF-8; base64 has it.
    return undefined;
  }
}

/** Reads the text of a run's file. Never throws: whatever is not exactly such a text is a failed reading. */
export function runFromText(json: string): Reading<RunRecord> {
  try {
    return { status: 'loaded', value: checkRun(JSON.parse(json), 'run') };
  } catch (error) {
    if (error instanceof Mismatch) return { status: 'failed', reason: error.message };
    return { status: 'failed', reason: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const step = object<StepRecord>(
  {
    title: text,
    status: literal('waiting', 'running', 'done', 'failed', 'undone', 'skipped'),
    startedAt: natural,
    endedAt: natural,
    revision,
    message: text,
  },
  ['startedAt', 'endedAt', 'revision', 'message'],
);

const runShape = object<RunRecord>(
  {
    version: literal(1),
    id: text,
    kind: literal('repair', 'undo'),
    undoes: text,
    status: literal('running', 'done', 'unchanged', 'undone', 'stopped'),
    startedAt: natural,
    endedAt: natural,
    who: object<RunRecord['who']>({ userName: text, hostName: text, processId: natural }),
    topology: text,
    connection: text,
    plan: checkPlan,
    steps: list(step),
    message: text,
  },
  ['undoes', 'endedAt', 'connection', 'message'],
);

const versioned = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;

const checkRun: Check<RunRecord> = (value, at) => {
  const version = versioned(value);
  if (typeof version === 'number' && version !== 1) {
    throw new Mismatch(`it was written in version ${version}, and this program reads version 1`);
  }
  const run = runShape(value, at);
  if (run.steps.length !== run.plan.steps.length) throw new Mismatch('run.steps are not those of the plan');
  return run;
};
