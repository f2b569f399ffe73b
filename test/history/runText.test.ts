import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runFromText, runToText } from '../../src/history/runText.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { begunRun } from '../support/begunRun.ts';

const read = (value: unknown): string => {
  const run = runFromText(JSON.stringify(value));
  assert.ok(run.status === 'failed', 'it passes as a run');
  return run.reason;
};

/** A copy of JSON in which the value at a path is another; undefined leaves it out. */
function edited(value: unknown, path: readonly string[], to: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return to;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === first ? edited(item, rest, to) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [first]: edited(object[first], rest, to) };
}

/** Every path of a JSON value but those of the JSON that is beside bytes for people. */
function paths(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).filter(([name]) => name !== 'json');
  return [[], ...inner.flatMap(([name, item]) => paths(item).map((path) => [name, ...path]))];
}

describe('the text of a run', () => {
  const run = begunRun({
    undoes: '20261123T040000000Z-0123456789ab',
    connection: 'staging',
    endedAt: 1_795_500_000_000,
    message: 'Stopped.',
  });
  const json = JSON.parse(runToText(run)) as Record<string, unknown>;

  it('is read back as the run that it was written from', () => {
    assert.deepEqual(runFromText(runToText(run)), { status: 'loaded', value: run });
  });

  it('keeps what a field that may be undefined says', () => {
    const { plan } = run;
    const absent = plan.steps.map((step) =>
      step.kind === 'write'
        ? { ...step, changes: step.changes.map((change) => ({ ...change, before: undefined, after: undefined })) }
        : step,
    );
    const changed: RunRecord = { ...run, plan: { ...plan, revision: undefined, steps: absent } };
    assert.deepEqual(runFromText(runToText(changed)), { status: 'loaded', value: changed });
  });

  it('shows records in JSON beside their bytes', () => {
    const text = runToText(run);
    assert.match(text, /"denied_tables": \[\s*"corder",\s*"customer"\s*\]/);
    assert.match(text, /"base64": "/);
  });

  it('is readable for bytes that are no record', () => {
    const changes = [
      {
        record: { path: 'RoutingRules' },
        before: new Uint8Array([255]),
        after: new Uint8Array(),
        modRevision: '7',
        why: '',
      },
    ];
    const steps = [{ kind: 'write', phase: 'allow', title: 'Write', changes }] as const;
    const changed: RunRecord = { ...run, plan: { ...run.plan, steps }, steps: [{ title: 'Write', status: 'done' }] };
    assert.deepEqual(runFromText(runToText(changed)), { status: 'loaded', value: changed });
  });

  it('says which version a newer program wrote', () => {
    assert.equal(read({ ...json, version: 2 }), 'it was written in version 2, and this program reads version 1');
  });

  it('says where it is wrong', () => {
    assert.equal(read({ ...json, version: '1' }), 'run.version is not 1');
    assert.equal(
      read(edited(json, ['plan', 'steps', '1', 'phase'], 'open')),
      'run.plan.steps[1].phase is not deny, allow',
    );
    assert.equal(read({ ...json, extra: 1 }), 'run has a field "extra" that is not known');
    assert.equal(read({ ...json, steps: [] }), 'run.steps are not those of the plan');
    assert.equal(read(edited(json, ['plan', 'findings', '0', 'places'], [])), 'run.plan.findings[0].places is empty');
    const bytes = ['plan', 'steps', '1', 'changes', '0', 'before', 'base64'];
    assert.equal(read(edited(json, bytes, 'AA')), 'run.plan.steps[1].changes[0].before.base64 is not base64');
  });

  it('is no run once any value in it is of another type', () => {
    const all = paths(json);
    assert.ok(all.length > 200);
    for (const path of all) {
      const at = path.join('.');
      assert.equal(runFromText(JSON.stringify(edited(json, path, { other: [] }))).status, 'failed', at);
      assert.equal(runFromText(JSON.stringify(edited(json, path, -1.5))).status, 'failed', at);
    }
  });

  it('is no run when it is any other JSON or text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => runFromText(text).status === 'failed'),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => runFromText(text).status === 'failed'),
      { numRuns: 150 },
    );
  });

  it('is no run when it was cut anywhere', () => {
    const text = runToText(run).trimEnd();
    for (let end = 0; end < text.length; end += 97) assert.equal(runFromText(text.slice(0, end)).status, 'failed');
  });
});
