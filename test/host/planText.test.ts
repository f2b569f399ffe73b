import assert from 'node:assert/strict';
import path from 'node:path';
import { planCommands } from '../../src/host/planCommands.ts';
import { confirmationText, planText, runText, type PlanSubject } from '../../src/host/planText.ts';
import { repairRequest } from '../../src/host/repairWords.ts';
import type { Plan, PlanResult } from '../../src/model/plan.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { assertGolden } from '../harness/golden.ts';
import { runOf } from '../support/runs.ts';
import { captureData, load } from '../tree/captureTopology.ts';

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.md`);
const subject: PlanSubject = {
  title: 'Repair of sample',
  detail: 'etcd at etcd-1:2379, root /vitess/global',
  tablets: 'Tablets are refreshed on their gRPC ports.',
};
const killed = load(captureData('12-reverse-vtctld-killed'));
const result = planRepair(repairRequest({ kind: 'all' }), killed);

function planned({ plan }: PlanResult): Plan {
  assert.ok(plan);
  return plan;
}

/** Every text of a plan that comes from the topology, replaced by one that tries to be markup. */
function hostilePlan(hostile: string): Plan {
  const plan = planned(result);
  const steps = plan.steps.map((step): Plan['steps'][number] => {
    switch (step.kind) {
      case 'write':
        return {
          ...step,
          changes: step.changes.map((change) => ({ ...change, record: { path: hostile }, why: hostile })),
        };
      case 'refresh':
        return { ...step, shards: [{ keyspace: hostile, shard: hostile }] };
      case 'release-locks':
        return step;
    }
  });
  const lock = { record: { path: hostile }, lockedPath: hostile, holder: hostile, evidence: hostile, modRevision: '1' };
  return {
    ...plan,
    findings: plan.findings.map((finding) => ({ ...finding, keyspace: hostile, shard: hostile, tables: [hostile] })),
    locks: [hostile],
    guards: [
      { kind: 'record', record: { path: hostile }, modRevision: '1' },
      { kind: 'shards', keyspace: hostile },
    ],
    steps: [{ kind: 'release-locks', title: hostile, locks: [{ ...lock, leaseId: undefined }] }, ...steps],
    warnings: [hostile],
  };
}

const hostile = '[x](command:evil) ![i](http://a.b/c.png) <img src=x> **b** # h\n\n# top\n| t |';

/** Whether Markdown outside of code fences holds markup that the hostile text brought along. */
function assertNoMarkup(text: string): void {
  const prose = text.replace(/^(`{3,}).*?^\1$/gms, '');
  assert.doesNotMatch(prose, /\]\(command:/);
  assert.doesNotMatch(prose, /<img/);
  assert.doesNotMatch(prose, /!\[i\]/);
  assert.doesNotMatch(prose, /^# top/m);
  assert.doesNotMatch(prose, /(?<!\\)\*b/);
}

describe('planText', () => {
  it('gives the plan of the killed reverse', () => {
    assertGolden(golden('plan-12-reverse-vtctld-killed'), planText(result, subject));
  });

  it('shows what a topology is called as text, whatever it contains', () => {
    const plan = hostilePlan(hostile);
    const [finding] = plan.findings;
    assert.ok(finding);
    const refusals = [{ finding, reason: hostile, commands: `\`\`\`\n${hostile}\n` }];
    const text = planText({ plan, refusals }, { title: hostile, detail: hostile, tablets: hostile });
    assert.ok(text.includes('command:evil'));
    assertNoMarkup(text);
  });

  it('keeps commands inside of their code block, also those with a fence in them', () => {
    const finding = planned(result).findings[0];
    assert.ok(finding);
    const text = planText(
      { plan: undefined, refusals: [{ finding, reason: 'No.', commands: 'a ````\n# b\n' }] },
      subject,
    );
    assert.match(text, /^`````sh\na ````\n# b\n`````$/m);
  });

  it('says when nothing needs a repair, and when nothing can be repaired', () => {
    assert.match(planText({ plan: undefined, refusals: [] }, subject), /Nothing needs a repair/);
    const refusals = planned(result).findings.map((finding) => ({ finding, reason: 'No.', commands: '' }));
    assert.match(planText({ plan: undefined, refusals }, subject), /Nothing can be repaired/);
  });
});

describe('confirmationText', () => {
  it('names where, keyspaces, tables, cells and how tablets are told', () => {
    const text = confirmationText(planned(result), subject);
    const [where, names, written] = text.split('\n\n');
    assert.equal(where, subject.detail);
    assert.equal(names, 'Keyspaces: commerce and customer\nTables: corder and customer\nCells: zone1');
    assert.equal(written, '4 records are written. Tablets are refreshed on their gRPC ports.');
  });

  it('names the holder of a lock that is taken away, and why', () => {
    const lock = {
      record: { path: 'keyspaces/commerce/locks/1' },
      lockedPath: 'keyspaces/commerce',
      holder: 'vt@vtctld-host for SwitchWrites',
      evidence: 'its key has no lease',
      modRevision: '1',
      leaseId: undefined,
    };
    const plan: Plan = { ...planned(result), steps: [{ kind: 'release-locks', title: 'Release', locks: [lock] }] };
    const text = confirmationText({ ...plan, warnings: [] }, subject);
    assert.match(
      text,
      /^The lock on keyspace commerce is taken away from vt@vtctld-host for SwitchWrites: its key has no lease\.$/m,
    );
    assert.doesNotMatch(text, /records are written/);
  });

  it('fits a dialog however many warnings there are', () => {
    const warnings = Array.from({ length: 40 }, (_, index) => `Warning ${index}.`);
    const text = confirmationText({ ...planned(result), warnings }, subject);
    assert.match(text, /And 35 more warnings; the plan names them\.$/);
  });
});

describe('runText', () => {
  const run: RunRecord = runOf(planned(result), ['done', 'done', 'failed', 'waiting']);

  it('says what each step did and what stands', () => {
    const told: RunRecord = {
      ...run,
      connection: 'staging',
      message: 'Next: diagnose again.',
      steps: run.steps.map((step) => ({ ...step, message: `About ${step.title}.` })),
    };
    assertGolden(golden('run-stopped'), runText(told));
  });

  it('shows what a run brings along as text', () => {
    const steps = run.steps.map((step) => ({ ...step, title: hostile, message: hostile }));
    const who = { userName: hostile, hostName: hostile, processId: 1 };
    assertNoMarkup(runText({ ...run, steps, who, topology: hostile, message: hostile, plan: hostilePlan(hostile) }));
  });
});

describe('planCommands', () => {
  it('gives the commands of a move once, although each of its findings needs them', () => {
    const commands = planCommands({ ...result, refusals: [] }, killed.diagnosed) ?? '';
    assert.equal(commands.match(/SetShardTabletControl --denied-tables=corder,customer commerce\/0/g)?.length, 1);
    assert.equal(commands.match(/RebuildVSchemaGraph/g)?.length, 1);
  });

  it('gives none that would go the other way than the plan', () => {
    const move = killed.diagnosed.moves[0]?.id ?? '';
    const direction = { kind: 'serve-from', keyspace: 'commerce' } as const;
    const turned = planRepair({ scope: { kind: 'move', move }, direction, followReads: false }, killed);
    assert.ok(turned.plan);
    assert.equal(planCommands(turned, killed.diagnosed), undefined);
  });
});
