import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diagnoseDocuments } from '../../src/diagnose/diagnoseDocuments.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { DocumentSet } from '../../src/records/documentSet.ts';
import { readSetDocument } from '../../src/records/setDocument.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { factsOf } from '../support/facts.ts';
import { applyStep, arbitrarySteps, type Step } from '../support/steps.ts';
import { buildTopology, type TopologySpec } from '../support/topologySpec.ts';
import { writeDumps, type WrittenDump } from './writeDumps.ts';

function factsOfDumps(dumps: readonly WrittenDump[]): string[] {
  const documents = dumps.flatMap(({ name, text }) => readSetDocument(name, `/dumps/${name}`, text) ?? []);
  const { findings } = diagnoseDocuments(new DocumentSet(documents, 0));
  return [...new Set(findings.flatMap(factsOf))].sort();
}

function factsOfTopology(data: TopologyData): Set<string> {
  return new Set(diagnosed(data).findings.flatMap(factsOf));
}

/** Moves are told from the records alone: no dump here names a workflow. */
function built(spec: TopologySpec, steps: readonly Step[]): TopologyData {
  return steps.reduce((data, step) => applyStep(data, spec, step), buildTopology({ ...spec, dumps: false }));
}

/** What is said of the same tables where less is known: never worse, never about something else. */
function isCovered(fact: string, whole: ReadonlySet<string>): boolean {
  const [code = '', where = '', table = ''] = fact.split(' ');
  if (whole.has(fact)) return true;
  // Only all shards of both sides tell an outage of one side from one of both.
  if (code === 'serving-side-denied') return whole.has(`both-sides-denied ${where.split('/')[0] ?? ''} ${table}`);
  // A further shard of a keyspace whose shards cover everything is known by a list of its shards only.
  if (code === 'both-sides-denied')
    return [...whole].some((other) => other.startsWith(`serving-side-denied ${where}/`) && other.endsWith(` ${table}`));
  // A VSchema that differs as well is not seen without its dump.
  return code === 'reads-differ-by-cell' && whole.has(`stale-srv-vschema ${where} ${table}`);
}

const ofDeniedTables =
  /^(?:serving-side-denied|other-side-not-denied|both-sides-denied|shards-disagree|orphan-denied-tables|split-routing|duplicate-control|legacy-control) /;

describe('diagnoseDocuments over any topology', () => {
  it('reports from any part of the dumps nothing that the whole topology does not show', () => {
    fc.assert(
      fc.property(arbitraryTopology, arbitrarySteps, fc.infiniteStream(fc.boolean()), (spec, steps, chosen) => {
        const data = built(spec, steps);
        const whole = factsOfTopology(data);
        // That a keyspace does not exist is told by the list of all keyspaces: without it rules to it count like others.
        const dangling = [...whole].some((fact) => fact.startsWith('dangling-rule'));
        const all = writeDumps(data);
        fc.pre(!dangling || all.some(({ name }) => name === 'GetKeyspaces.json'));
        const dumps = all.filter(({ name }) => chosen.next().value || (dangling && name === 'GetKeyspaces.json'));
        const false_ = factsOfDumps(dumps).filter((fact) => !isCovered(fact, whole));
        assert.deepEqual(false_, [], `from ${dumps.map(({ name }) => name).join(', ')}`);
      }),
      { numRuns: Number(process.env['DUMP_RUNS'] ?? 400) },
    );
  }).timeout(60_000);

  it('reports from all dumps what the whole topology shows of denied tables and rules', () => {
    fc.assert(
      fc.property(arbitraryTopology, arbitrarySteps, (spec, steps) => {
        const data = built(spec, steps);
        const whole = [...factsOfTopology(data)];
        fc.pre(!whole.some((fact) => fact.startsWith('record-unreadable')));
        const found = factsOfDumps(writeDumps(data));
        assert.deepEqual(
          found.filter((fact) => ofDeniedTables.test(fact)),
          whole.filter((fact) => ofDeniedTables.test(fact)).sort(),
        );
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});
