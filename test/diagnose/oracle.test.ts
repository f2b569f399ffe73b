import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FindingCode } from '../../src/model/finding.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { globalVtgate, tablesOnBothSides, vtgates, writesThrough, type Write } from '../support/application.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { factsOf } from '../support/facts.ts';
import { expectedFacts } from '../support/oracle.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology, type MoveSpec, type TopologySpec } from '../support/topologySpec.ts';
import { readWorld } from '../support/world.ts';

/** Set to look further than the suite has time for. */
const runs = Number(process.env['ORACLE_RUNS'] ?? 1200);

/** Denied tables guard no multi-tenant move: its rows are told apart by tenant. */
function guardedMoves({ moves }: TopologySpec): MoveSpec[] {
  return moves.filter(({ kind }) => kind !== 'multi-tenant');
}

const refusalCodes: readonly FindingCode[] = [
  'serving-side-denied',
  'both-sides-denied',
  'orphan-denied-tables',
  'split-routing',
  'stale-srv-vschema',
  'record-unreadable',
];
const bothAcceptCodes: readonly FindingCode[] = [
  'other-side-not-denied',
  'split-routing',
  'stale-srv-vschema',
  'record-unreadable',
];

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

  it('says why wherever a write of a moving table is refused, or accepted on both sides', () => {
    forAnyTopology((data, spec) => {
      const { findings, moves } = diagnosed(data);
      // Two keyspaces that hold a table of one name are a move only where the records or a dump say so.
      const moving = new Set(moves.flatMap(({ tables }) => tables));
      const world = readWorld(data);
      for (const vtgate of vtgates(world)) {
        const writes = writesThrough(vtgate, world, guardedMoves(spec));
        const says = (table: string, codes: readonly FindingCode[]): void => {
          // A finding without tables is about all of a cell or a record.
          const told = findings.some(
            ({ code, tables }) => codes.includes(code) && (tables.length === 0 || tables.includes(table)),
          );
          assert.ok(told, `${table} is not told of: ${writeLines(writes, table)}`);
        };
        for (const { table, refused } of writes) if (refused) says(table, refusalCodes);
        for (const table of tablesOnBothSides(writes)) if (moving.has(table)) says(table, bothAcceptCodes);
      }
    });
  });

  it('says that the serving side denies only where the global rules lead a write to a refusal', () => {
    forAnyTopology((data, spec) => {
      const world = readWorld(data);
      const refused = writesThrough(globalVtgate(world), world, guardedMoves(spec)).filter((write) => write.refused);
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

function writeLines(writes: readonly Write[], table: string): string {
  return writes
    .filter((write) => write.table === table)
    .map(({ spelling, keyspace, shard, refused }) => `${spelling} → ${keyspace}/${shard} ${refused ? 'no' : 'yes'}`)
    .join(', ');
}
