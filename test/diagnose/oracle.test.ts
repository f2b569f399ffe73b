import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { globalVtgate, vtgates, writesThrough, type Write } from '../support/application.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { factsOf } from '../support/facts.ts';
import { expectedFacts } from '../support/oracle.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology, type TopologySpec } from '../support/topologySpec.ts';
import { readWorld } from '../support/world.ts';

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

  it('has an error wherever a write of a moving table is refused, or reaches both sides', () => {
    forAnyTopology((data, spec) => {
      const diagnosis = diagnosed(data);
      const seen = new Set(
        diagnosis.moves.flatMap(({ tables, source, target }) => tables.map((table) => `${source}/${target} ${table}`)),
      );
      const moves = spec.moves.map((move) => ({
        ...move,
        tables: move.tables.filter(
          (table) =>
            seen.has(`${move.source}/${move.target} ${table}`) || seen.has(`${move.target}/${move.source} ${table}`),
        ),
      }));
      const world = readWorld(data);
      for (const vtgate of vtgates(world)) {
        const writes = writesThrough(vtgate, world, { ...spec, moves });
        if (!writes.some(({ refused }) => refused) && !reachesBothSides(writes)) continue;
        assert.ok(
          diagnosis.findings.some(({ severity }) => severity === 'error'),
          JSON.stringify(writes),
        );
        return;
      }
    });
  });

  it('says that the serving side denies only where the global rules lead a write to a refusal', () => {
    forAnyTopology((data, spec) => {
      const world = readWorld(data);
      const refused = writesThrough(globalVtgate(world), world, spec).filter((write) => write.refused);
      for (const { code, keyspace, shard, tables } of diagnosed(data).findings) {
        if (code !== 'serving-side-denied' && code !== 'both-sides-denied') continue;
        for (const table of tables) {
          const fails = refused.some(
            (write) =>
              write.table === table && write.keyspace === keyspace && (shard === undefined || write.shard === shard),
          );
          assert.ok(fails, `${code} ${keyspace ?? ''}/${shard ?? ''} ${table}`);
        }
      }
    });
  });
});

/** Two writes of the same rows of one table come to primaries of two keyspaces, and both are accepted. */
function reachesBothSides(writes: readonly Write[]): boolean {
  const accepted = writes.filter(({ refused }) => !refused);
  const whole = (shard: string): boolean => shard === '0' || shard === '-';
  return accepted.some((one) =>
    accepted.some(
      (other) =>
        other.table === one.table &&
        other.keyspace !== one.keyspace &&
        (other.shard === one.shard || whole(one.shard) || whole(other.shard)) &&
        sameMove(one, other),
    ),
  );
}

/** Tables of one name may be of two moves: spellings tell which rows are meant. */
function sameMove(one: Write, other: Write): boolean {
  return one.spelling.includes('.') && other.spelling.includes('.') ? one.keyspace !== other.keyspace : false;
}
