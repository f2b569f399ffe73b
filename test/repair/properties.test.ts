import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { type Plan, type RepairRequest } from '../../src/model/plan.ts';
import { cellRecord, recordName } from '../../src/model/record.ts';
import { ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { RoutingRulesSchema, SrvVSchemaSchema } from '../../src/records/gen/vschema_pb.js';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { planUndo } from '../../src/repair/planUndo.ts';
import { openOnBothSides } from '../support/acceptance.ts';
import { applyPlan, planFor, statesOf } from '../support/applyPlan.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { bytesOf } from '../support/edit.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { factsOf } from '../support/facts.ts';
import { isOfLock } from '../../src/repair/verify.ts';
import { runOf, statusesAfter } from '../support/runs.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology, type TopologySpec } from '../support/topologySpec.ts';

/** Set to look further than the suite has time for. */
const runs = Number(process.env['REPAIR_RUNS'] ?? 300);

interface Choice {
  readonly scope: 'all' | 'keyspace' | 'move' | 'finding';
  readonly pick: number;
  readonly serveFrom: number | undefined;
  readonly followReads: boolean;
}

const arbitraryChoice: fc.Arbitrary<Choice> = fc.record({
  scope: fc.constantFrom('all', 'all', 'keyspace', 'move', 'finding'),
  pick: fc.nat(1000),
  serveFrom: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
  followReads: fc.boolean(),
});

function requestOf(
  data: TopologyData,
  spec: TopologySpec,
  { scope, pick, serveFrom, followReads }: Choice,
): RepairRequest {
  const { findings, moves } = diagnosed(data);
  const of = <T>(list: readonly T[]): T | undefined => list[pick % Math.max(1, list.length)];
  const finding = of(findings);
  const move = of(moves);
  const keyspace = spec.keyspaces[(serveFrom ?? 0) % spec.keyspaces.length]?.name ?? '';
  return {
    scope:
      scope === 'keyspace'
        ? { kind: scope, keyspace: of(spec.keyspaces)?.name ?? '' }
        : scope === 'move' && move !== undefined
          ? { kind: scope, move: move.id }
          : scope === 'finding' && finding !== undefined
            ? { kind: scope, code: finding.code, record: recordName(finding.places[0].record) }
            : { kind: 'all' },
    direction: serveFrom === undefined ? { kind: 'follow-routing' } : { kind: 'serve-from', keyspace },
    followReads,
  };
}

interface Planned {
  readonly data: TopologyData;
  readonly spec: TopologySpec;
  readonly request: RepairRequest;
  readonly plan: Plan;
}

/** Any broken topology for which something is planned; how many there were is checked too. */
function forAnyPlan(check: (planned: Planned) => void): void {
  let plans = 0;
  fc.assert(
    fc.property(arbitraryTopology, arbitrarySteps, arbitraryChoice, (spec, steps, choice) => {
      const data = steps.reduce((edited, step) => applyStep(edited, spec, step), buildTopology(spec));
      const request = requestOf(data, spec, choice);
      const { plan } = planFor(data, request);
      if (plan === undefined) return;
      plans++;
      check({ data, spec, request, plan });
    }),
    { numRuns: runs, endOnFailure: true },
  );
  assert.ok(plans > runs / 4, `only ${plans} of ${runs} topologies had something to plan`);
}

function planWords({ steps }: Plan): string[] {
  return steps.flatMap((step) =>
    step.kind === 'write'
      ? step.changes.map(({ record, why }) => `${step.phase} ${recordName(record)} ${why}`)
      : [step.title],
  );
}

/** What errors are said of a topology, but for locks: one that is released may show another to be abandoned. */
function errorFacts(data: TopologyData): Set<string> {
  return new Set(
    diagnosed(data)
      .findings.filter((finding) => finding.severity === 'error' && !isOfLock(finding))
      .flatMap(factsOf),
  );
}

/** A cell's rules of the reads of some tables. */
function readRules(data: TopologyData, cell: string, tables: readonly string[]): string[] {
  const bytes = bytesOf(data, cellRecord.srvVSchema(cell));
  const rules = bytes === undefined ? [] : (fromBinary(SrvVSchemaSchema, bytes).routingRules?.rules ?? []);
  return rules
    .filter(({ fromTable }) => tables.some((table) => new RegExp(`(^|\\.)${table}@`).test(fromTable)))
    .map(({ fromTable, toTables }) => `${fromTable} ${toTables.join()}`)
    .sort();
}

/** The global rules and the followed denied tables, that are of no table of a plan. */
function entriesOfOthers(data: TopologyData, { tables }: Plan): string[] {
  const names = new Set(tables);
  const others = (table: string): boolean => !names.has(table.replace(/@.*$/, '').replace(/^.*\./, ''));
  return data.global
    .filter(({ value }) => value[0] !== 0xff)
    .flatMap(({ path, value }) => {
      if (path === 'RoutingRules') {
        const { rules } = fromBinary(RoutingRulesSchema, value);
        return rules.filter(({ fromTable }) => others(fromTable)).map((rule) => JSON.stringify(rule));
      }
      if (!path.endsWith('/Shard')) return [];
      const { tabletControls } = fromBinary(ShardSchema, value);
      const followed = tabletControls.findLast(({ tabletType }) => tabletType === TabletType.PRIMARY);
      return (followed?.deniedTables ?? []).filter(others).map((table) => `${path} ${table}`);
    })
    .sort();
}

function bytesByName(data: TopologyData): Map<string, string> {
  const cells = data.cells.flatMap((cell) =>
    cell.status === 'loaded' ? cell.records.map(({ path, value }) => [`${cell.cell}/${path}`, value] as const) : [],
  );
  return new Map(
    [...data.global.map(({ path, value }) => [path, value] as const), ...cells].map(([name, value]) => [
      name,
      Buffer.from(value).toString('hex'),
    ]),
  );
}

describe('repairs of any broken topology', function () {
  this.timeout(240_000);

  it('open no table on both sides at any moment that was not open before', () => {
    forAnyPlan(({ data, spec, plan }) => {
      const before = openOnBothSides(data, spec);
      for (const state of statesOf(data, plan)) {
        const opened = [...openOnBothSides(state, spec)].filter((table) => !before.has(table));
        assert.deepEqual(opened, []);
      }
    });
  });

  it('remove the findings that they name, leave no new error and have nothing to do a second time', () => {
    forAnyPlan(({ data, request, plan }) => {
      const repaired = applyPlan(data, plan);
      const facts = new Set(diagnosed(repaired).findings.flatMap(factsOf));
      const named = plan.findings.flatMap(factsOf);
      assert.deepEqual(
        named.filter((fact) => facts.has(fact)),
        [],
      );
      const before = errorFacts(data);
      assert.deepEqual(
        [...errorFacts(repaired)].filter((fact) => !before.has(fact)),
        [],
      );
      const second = planFor(repaired, request).plan;
      assert.deepEqual(second === undefined ? [] : planWords(second), []);
    });
  });

  it('leave the reads that a cell keeps on purpose, unless the request says otherwise', () => {
    forAnyPlan(({ data, request, plan }) => {
      if (request.followReads) return;
      const repaired = applyPlan(data, plan);
      for (const { code, cell = '', tables } of diagnosed(data).findings) {
        if (code !== 'reads-differ-by-cell') continue;
        assert.deepEqual(readRules(repaired, cell, tables), readRules(data, cell, tables));
      }
    });
  });

  it('touch no rule and no denied table of other tables than they name', () => {
    forAnyPlan(({ data, plan }) => {
      assert.deepEqual(entriesOfOthers(applyPlan(data, plan), plan), entriesOfOthers(data, plan));
    });
  });

  it('are undone after any of their changes to exactly what was there, and open nothing on the way', () => {
    forAnyPlan(({ data, spec, plan }) => {
      const states = statesOf(data, plan);
      const [first] = states;
      assert.ok(first);
      const original = bytesByName(first);
      states.forEach((state, written) => {
        const result = planUndo(runOf(plan, statusesAfter(plan, written)), {
          data: state,
          diagnosed: diagnosed(state),
        });
        if (written === 0) {
          assert.ok('refusal' in result);
          return;
        }
        assert.ok('plan' in result, 'refusal' in result ? result.refusal : '');
        const allowed = new Set([...openOnBothSides(data, spec), ...openOnBothSides(state, spec)]);
        for (const undone of statesOf(state, result.plan)) {
          assert.deepEqual(
            [...openOnBothSides(undone, spec)].filter((table) => !allowed.has(table)),
            [],
          );
        }
        assert.deepEqual(bytesByName(applyPlan(state, result.plan)), original);
      });
    });
  });
});
