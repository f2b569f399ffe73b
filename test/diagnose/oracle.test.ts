import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { factsOf } from '../support/facts.ts';
import { expectedFacts } from '../support/oracle.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology, type TopologySpec } from '../support/topologySpec.ts';

/** Set to look further than the suite has time for. */
const runs = Number(process.env['ORACLE_RUNS'] ?? 1200);

/** A healthy topology, and what any steps made of it. A failure prints both, with the seed, as they were found. */
function forAnyTopology(check: (data: TopologyData, spec: TopologySpec) => void): void {
  fc.assert(
    fc.property(arbitraryTopology, arbitrarySteps, (spec, steps) => {
      check(
        steps.reduce((edited, step) => applyStep(edited, spec, step), buildTopology(spec)),
        spec,
      );
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

describe('diagnose beside the oracle', function () {
  this.timeout(120_000);

  it('finds nothing but reads that differ by cell in any healthy topology', () => {
    fc.assert(
      fc.property(arbitraryTopology, (spec) => {
        const { findings, complete } = diagnosed(buildTopology(spec));
        assert.ok(complete);
        const facts = findings.flatMap(factsOf);
        const earlier = spec.moves.flatMap((move) =>
          move.kind === 'standard'
            ? move.earlierReads.flatMap((cell) => move.tables.map((table) => `reads-differ-by-cell @${cell} ${table}`))
            : [],
        );
        assert.deepEqual(facts.sort(), earlier.sort());
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });

  it('names what the oracle names in any healthy topology after any steps, and nothing else', () => {
    forAnyTopology((data, spec) => {
      const found = new Set(diagnosed(data).findings.flatMap(factsOf));
      assert.deepEqual([...found].sort(), [...expectedFacts(data, spec)].sort());
    });
  });
});
